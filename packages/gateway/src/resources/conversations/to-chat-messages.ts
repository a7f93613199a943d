import type { ContentBlock, DocumentBlock, ImageBlock, TextBlock } from '../../turn/content-block.ts';
import type { Message } from '../../turn/message.ts';
import { normalizeMessages } from '../../turn/normalize-messages.ts';
import { toMediaUrl } from '../../dialects/items/to-media-url.ts';

export type ChatContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } }
  | { readonly type: 'file'; readonly file: { readonly file_data: string; readonly filename?: string } };

export type ToldMessage =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: string | readonly ChatContentPart[] }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string | readonly ChatContentPart[] }
  | {
      readonly role: 'assistant';
      /** Null where there are only calls. */
      readonly content: string | readonly ChatContentPart[] | null;
      readonly reasoning_content?: string;
      readonly tool_calls?: readonly {
        readonly id: string;
        readonly type: 'function';
        readonly function: { readonly name: string; readonly arguments: string };
      }[];
    };

/**
 * Tells a conversation as chat completions would take it, the system prompt first: sent there, it reaches Claude as it
 * would from the store, but for reasoning, which only the store can give back.
 */
export function toChatMessages(conversation: { readonly system: string; readonly items: readonly Message[] }): ToldMessage[] {
  const system: ToldMessage[] = conversation.system === '' ? [] : [{ role: 'system', content: conversation.system }];
  return [...system, ...normalizeMessages(conversation.items).flatMap(toTold)];
}

function toTold({ role, content }: Message): ToldMessage[] {
  return role === 'assistant' ? [toAnswer(content)] : toAsked(content);
}

function toAnswer(blocks: readonly ContentBlock[]): ToldMessage {
  const said = blocks.filter(isSaid);
  const reasoning = blocks.flatMap((block) => (block.type === 'thinking' ? [block.thinking] : [])).join('');
  const calls = blocks
    .filter((block) => block.type === 'tool_use')
    .map(({ id, name, input }) => ({ id, type: 'function', function: { name, arguments: JSON.stringify(input) } }) as const);
  return {
    role: 'assistant',
    content: said.length === 0 && calls.length > 0 ? null : toContent(said),
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

/** Results have come first since the messages were normalised. */
function toAsked(blocks: readonly ContentBlock[]): ToldMessage[] {
  const results = blocks
    .filter((block) => block.type === 'tool_result')
    .map((block): ToldMessage => ({ role: 'tool', tool_call_id: block.tool_use_id, content: toContent(block.content.filter(isSaid)) }));
  const said = blocks.filter(isSaid);
  return said.length === 0 ? results : [...results, { role: 'user', content: toContent(said) }];
}

function isSaid(block: ContentBlock): block is TextBlock | ImageBlock | DocumentBlock {
  return block.type === 'text' || block.type === 'image' || block.type === 'document';
}

function toContent(blocks: readonly (TextBlock | ImageBlock | DocumentBlock)[]): string | ChatContentPart[] {
  const [first, ...more] = blocks;
  if (first === undefined) return '';
  return first.type === 'text' && more.length === 0 ? first.text : blocks.map(toPart);
}

function toPart(block: TextBlock | ImageBlock | DocumentBlock): ChatContentPart {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: block.text };
    case 'image':
      return { type: 'image_url', image_url: { url: toMediaUrl(block) } };
    case 'document':
      return { type: 'file', file: { file_data: toMediaUrl(block), ...(block.title !== undefined && { filename: block.title }) } };
  }
}
