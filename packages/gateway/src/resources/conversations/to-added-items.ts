import { newItemId } from '../../conversations/ids.ts';
import { checkMediaCount, type ReadMedia } from '../../media/create-media-reader.ts';
import type { ConversationItem } from '../../ports/conversation-store.ts';
import type { RequestMedia } from '../../engine/turn-request.ts';
import type { DocumentBlock, ImageBlock, TextBlock } from '../../turn/content-block.ts';
import { parseCallArguments } from '../../dialects/openai/parse-call-arguments.ts';
import type { GivenItem } from '../../dialects/items/item-schema.ts';
import { type ApiItem, toApiItem } from '../../dialects/items/to-api-item.ts';
import { toInputBlocks } from '../../dialects/items/to-input-blocks.ts';

export interface AddedItems {
  readonly items: ConversationItem[];
  /** What system and developer messages add to the system prompt, a blank line between; empty for nothing. */
  readonly system: string;
  /** The items as they were asked for, system messages among them, for the reply. */
  readonly told: ApiItem[];
}

type SystemItem = Extract<GivenItem, { role: 'system' | 'developer' }>;

/**
 * Turns the items that a caller adds into stored ones. System and developer messages become part of the one system prompt
 * that a conversation has: the reply tells them with an id, and no other request will find them as items.
 *
 * @throws {GatewayError} 400 for a picture or document that can't be used.
 */
export async function toAddedItems(given: readonly GivenItem[], media: ReadMedia): Promise<AddedItems> {
  checkMediaCount(given.map(contentOf), ['input_image', 'input_file'], 'items');
  const items: ConversationItem[] = [];
  const system: string[] = [];
  const told: ApiItem[] = [];
  for (const [index, item] of given.entries()) {
    if (isSystemItem(item)) {
      const text = typeof item.content === 'string' ? item.content : item.content.map((part) => part.text).join('\n');
      if (text.trim() !== '') system.push(text);
      const content = [{ type: 'input_text', text }] as const;
      told.push({ id: newItemId('msg'), type: 'message', status: 'completed', role: item.role, content });
      continue;
    }
    const added = await toItem(item, `items[${index}]`, media);
    items.push(added);
    told.push(toApiItem(added));
  }
  return { items, system: system.join('\n\n'), told };
}

function contentOf(item: GivenItem): string | readonly { readonly type: string }[] {
  if (item.type === 'function_call') return '';
  return item.type === 'message' ? item.content : item.output;
}

function isSystemItem(item: GivenItem): item is SystemItem {
  return item.type === 'message' && (item.role === 'system' || item.role === 'developer');
}

async function toItem(item: Exclude<GivenItem, SystemItem>, path: string, media: ReadMedia): Promise<ConversationItem> {
  switch (item.type) {
    case 'function_call': {
      const call = parseCallArguments(item.arguments);
      return { id: newItemId('fc'), role: 'assistant', content: [{ type: 'tool_use', id: item.call_id, name: item.name, ...call }] };
    }
    case 'function_call_output': {
      const content = await readAll(toInputBlocks(item.output, `${path}.output`), media);
      return { id: newItemId('fco'), role: 'user', content: [{ type: 'tool_result', tool_use_id: item.call_id, content }] };
    }
    case 'message':
      if (item.role === 'assistant') return { id: newItemId('msg'), role: 'assistant', content: toSaid(item) };
      return { id: newItemId('msg'), role: 'user', content: await readAll(toInputBlocks(item.content, `${path}.content`), media) };
  }
}

function readAll(blocks: readonly (TextBlock | RequestMedia)[], media: ReadMedia): Promise<(TextBlock | ImageBlock | DocumentBlock)[]> {
  return Promise.all(blocks.map(async (block) => (block.type === 'media' ? media(block) : block)));
}

function toSaid({ content }: Extract<GivenItem, { role: 'assistant' }>): TextBlock[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.map((part) => ({ type: 'text', text: part.type === 'refusal' ? part.refusal : part.text }));
}
