import type { ConversationItem } from '../ports/conversation-store.ts';
import type { ContentBlock } from '../turn/content-block.ts';
import type { Message } from '../turn/message.ts';
import { newItemId, type ItemPrefix } from './ids.ts';

export interface Said {
  /** Whose answer it is, as the API named the model; a message's own goes before it. */
  readonly model?: string;
  /** The model that was asked for. */
  readonly requestedModel?: string;
  /** The ids of items that have been told already, by their blocks; an item of several blocks has its first one's. */
  readonly ids?: ReadonlyMap<ContentBlock, string>;
}

/**
 * Splits messages into items, in their order: texts, pictures and documents that stand together are one, so is reasoning
 * that stands together; each call and each result is one. The steps of an answer go with its first item. `normalizeMessages`
 * makes the same messages of them again.
 *
 * @param said What items of the assistant are marked with.
 */
export function toItems(messages: readonly Message[], said: Said = {}): ConversationItem[] {
  const used = new Set<string>();

  function idOf(prefix: ItemPrefix, [first]: readonly ContentBlock[]): string {
    const told = first && said.ids?.get(first);
    if (told === undefined || used.has(told)) return newItemId(prefix);
    used.add(told);
    return told;
  }

  return messages.flatMap((message) => {
    const model = message.model ?? (message.role === 'assistant' ? said.model : undefined);
    const requestedModel = message.role === 'assistant' ? said.requestedModel : undefined;
    const { steps } = message;
    return split(message).map(({ prefix, content }, index): ConversationItem => ({
      id: idOf(prefix, content),
      role: message.role,
      content,
      ...(model !== undefined && { model }),
      ...(requestedModel !== undefined && { requestedModel }),
      ...(index === 0 && steps !== undefined && { steps }),
    }));
  });
}

function split({ content, steps }: Message): { readonly prefix: ItemPrefix; readonly content: ContentBlock[] }[] {
  // An agent that said nothing has done something.
  if (content.length === 0 && steps !== undefined) return [{ prefix: 'msg', content: [] }];
  const parts: { prefix: ItemPrefix; content: ContentBlock[] }[] = [];
  for (const block of content) {
    const prefix = prefixOf(block);
    const last = parts.at(-1);
    if (last?.prefix === prefix && (prefix === 'msg' || prefix === 'rs')) last.content.push(block);
    else parts.push({ prefix, content: [block] });
  }
  return parts;
}

function prefixOf(block: ContentBlock): ItemPrefix {
  switch (block.type) {
    case 'text':
    case 'image':
    case 'document':
    case 'other':
      return 'msg';
    case 'thinking':
    case 'redacted_thinking':
      return 'rs';
    case 'tool_use':
      return 'fc';
    case 'tool_result':
      return 'fco';
  }
}
