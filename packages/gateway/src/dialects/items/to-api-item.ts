import type { ConversationItem } from '../../ports/conversation-store.ts';
import type { ContentBlock, ToolResultBlock } from '../../turn/content-block.ts';
import { toMediaUrl } from './to-media-url.ts';

export type ApiPart =
  | { readonly type: 'input_text'; readonly text: string }
  | { readonly type: 'output_text'; readonly text: string; readonly annotations: readonly []; readonly logprobs: readonly [] }
  | { readonly type: 'input_image'; readonly image_url: string; readonly detail: 'auto'; readonly file_id: null }
  | { readonly type: 'input_file'; readonly file_data?: string; readonly file_url?: string; readonly filename?: string };

/** An item in the form of OpenAI's Conversations and Responses APIs. */
export type ApiItem =
  | {
      readonly id: string;
      readonly type: 'message';
      readonly status: 'completed';
      readonly role: 'user' | 'assistant' | 'system' | 'developer';
      readonly content: readonly ApiPart[];
    }
  | {
      readonly id: string;
      readonly type: 'function_call';
      readonly status: 'completed';
      readonly call_id: string;
      readonly name: string;
      /** A JSON object. */
      readonly arguments: string;
    }
  | {
      readonly id: string;
      readonly type: 'function_call_output';
      readonly status: 'completed';
      readonly call_id: string;
      readonly output: string | readonly ApiPart[];
    }
  | {
      readonly id: string;
      readonly type: 'reasoning';
      readonly summary: readonly [];
      readonly content: readonly { readonly type: 'reasoning_text'; readonly text: string }[];
    };

/**
 * Turns a stored item into the API's. Of reasoning it tells the text, where Claude shows it, never the signature.
 *
 * @see https://platform.openai.com/docs/api-reference/conversations/list-items
 */
export function toApiItem({ id, role, content }: ConversationItem): ApiItem {
  const [first] = content;
  switch (first?.type) {
    case 'tool_use':
      return {
        id,
        type: 'function_call',
        status: 'completed',
        call_id: first.id,
        name: first.name,
        arguments: first.json ?? JSON.stringify(first.input),
      };
    case 'tool_result':
      return { id, type: 'function_call_output', status: 'completed', call_id: first.tool_use_id, output: toOutput(first) };
    case 'thinking':
    case 'redacted_thinking': {
      const shown = content.flatMap((block) => (block.type === 'thinking' ? [block.thinking] : []));
      return { id, type: 'reasoning', summary: [], content: shown.map((text) => ({ type: 'reasoning_text', text })) };
    }
    default:
      return { id, type: 'message', status: 'completed', role, content: content.flatMap((block) => toParts(block, role)) };
  }
}

/** A string where it can be one, as nearly all clients expect. */
function toOutput({ content }: ToolResultBlock): string | ApiPart[] {
  const texts = content.flatMap((block) => (block.type === 'text' ? [block.text] : []));
  return texts.length === content.length ? texts.join('\n') : content.flatMap((block) => toParts(block, 'user'));
}

function toParts(block: ContentBlock, role: ConversationItem['role']): ApiPart[] {
  switch (block.type) {
    case 'text':
      if (role === 'user') return [{ type: 'input_text', text: block.text }];
      return [{ type: 'output_text', text: block.text, annotations: [], logprobs: [] }];
    case 'image':
      return [{ type: 'input_image', image_url: toMediaUrl(block), detail: 'auto', file_id: null }];
    case 'document': {
      const url = toMediaUrl(block);
      const place = block.source.type === 'url' ? { file_url: url } : { file_data: url };
      return [{ type: 'input_file', ...place, ...(block.title !== undefined && { filename: block.title }) }];
    }
    // These are items of their own.
    case 'thinking':
    case 'redacted_thinking':
    case 'tool_use':
    case 'tool_result':
      return [];
    // Items have no place for it.
    case 'other':
      return [];
  }
}
