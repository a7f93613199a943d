import { randomUUID } from 'node:crypto';
import type { ContentBlock, Message } from '@claude-code-api/gateway';
import { toApiBlock } from '@claude-code-api/gateway/messages-api';
import { isLeftOut } from '../response/is-left-out.ts';

/** A user message on its way into the CLI; without `query` it is only appended. */
export function userLine(content: readonly ContentBlock[], query: boolean): object {
  return {
    type: 'user',
    message: { role: 'user', content: content.map(toApiBlock) },
    parent_tool_use_id: null,
    session_id: '',
    uuid: randomUUID(),
    // `@path` and `/command` are the caller's words, not orders to the CLI.
    client_composed: true,
    ...(!query && { shouldQuery: false }),
  };
}

/** Whether a user's message is a text and nothing else: the CLI can be told of it by `saidLine`. */
export function isText({ role, content: [block, ...more] }: Message): boolean {
  return role === 'user' && block?.type === 'text' && block.extra === undefined && more.length === 0;
}

/**
 * What a user said earlier, a text, on its way into the CLI, which takes it at once, as it takes answers; `userLine` costs it a turn. It is said as
 * a command that was run, which the API hears as the user's own words. A CLI that does not know this misses the message in it, and does not
 * acknowledge it.
 */
export function saidLine(uuid: string, { content }: Message): object {
  const text = content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  return { type: 'assistant', uuid, parent_tool_use_id: null, session_id: '', local_command_source: text };
}

/** An earlier answer on its way into the CLI. */
export function assistantLine(uuid: string, message: Message): object {
  return { type: 'assistant', uuid, parent_tool_use_id: null, session_id: '', message: toAssistantMessage(uuid, message) };
}

/**
 * An earlier answer in the shape in which the Messages API would have sent it. By its model the CLI takes thinking for that of
 * the model it asks, or leaves it out.
 */
export function toAssistantMessage(id: string, { content, model = 'claude' }: Message): object {
  return {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model,
    content: isLeftOut(content) ? content.flatMap(halved) : content.map(toApiBlock),
    stop_reason: content.some((block) => block.type === 'tool_use') ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 0, output_tokens: 0 },
  };
}

/** The same words to the model. */
function halved(block: ContentBlock): object[] {
  if (block.type !== 'text') return [toApiBlock(block)];
  const middle = block.text.lastIndexOf(')');
  return [
    { type: 'text', text: block.text.slice(0, middle) },
    { type: 'text', text: block.text.slice(middle) },
  ];
}
