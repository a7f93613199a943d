import type { ContentBlock } from './content-block.ts';
import type { Message } from './message.ts';
import type { JsonObject } from './tool.ts';

/** Claude's own ids, or others that are as long: nobody knows one who has not been given it. */
const unguessable = /^toolu|^.{20}/;

/**
 * A message in the form by which a conversation is known again. Some clients bring a call back without the text beside it, or with
 * another text, and its id without underscores: a call is known by its id alone.
 */
export function identifyingMessage(message: Message): unknown {
  const isKnown = message.role === 'assistant' && message.content.some((block) => block.type === 'tool_use' && unguessable.test(block.id));
  const content = message.content.flatMap((block): ContentBlock[] => {
    if (block.type === 'tool_use') return [{ ...block, id: bareId(block.id) }];
    if (block.type === 'tool_result') return [{ ...block, tool_use_id: bareId(block.tool_use_id) }];
    return isKnown && block.type === 'text' ? [] : [block];
  });
  return canonicalMessage({ ...message, content });
}

/**
 * A message in a form that is the same however a caller brings it back. It gets an answer as one text and its calls, however
 * many blocks it had, and without the thinking, blank texts and what is only passed on; it may write the arguments of a call anew, and set
 * other cache marks.
 */
export function canonicalMessage({ role, content }: Message): unknown {
  if (role === 'user') return { role, content: content.map(canonicalBlock) };
  const text = content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  const calls = content.filter((block) => block.type === 'tool_use').map(({ extra: _extra, ...call }) => canonicalBlock(call));
  return { role, text: /\S/.test(text) ? text : '', others: calls };
}

function canonicalBlock(block: ContentBlock): unknown {
  if (block.type === 'other') return sortKeys({ type: 'other', block: withoutCacheMark(block.block) });
  // Nearly all are texts, and there may be thousands.
  if (block.type === 'text' && block.extra === undefined) return { text: block.text, type: 'text' };
  const { extra: given, ...rest } = block;
  const extra = given === undefined ? {} : withoutCacheMark(given);
  return sortKeys({
    ...rest,
    ...(block.type === 'tool_use' && { json: undefined }),
    ...(block.type === 'tool_result' && { content: block.content.map(canonicalBlock) }),
    ...(Object.keys(extra).length > 0 && { extra }),
  });
}

function withoutCacheMark({ cache_control: _mark, ...rest }: JsonObject): JsonObject {
  return rest;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, each]) => [key, sortKeys(each)]),
  );
}

/** An id of a call in the form in which ids are compared: some clients strip its underscores. */
export function bareId(id: string): string {
  return id.replaceAll('_', '');
}
