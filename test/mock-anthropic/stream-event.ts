import type { ContentBlock } from './content-block.ts';
import type { Message } from './message.ts';
import type { TokenUsage } from './token-usage.ts';

/** One event of a Messages stream (https://docs.anthropic.com/en/docs/build-with-claude/streaming). */
export type StreamEvent =
  | { readonly type: 'message_start'; readonly message: Message }
  | { readonly type: 'ping' }
  | { readonly type: 'content_block_start'; readonly index: number; readonly content_block: ContentBlock }
  | { readonly type: 'content_block_delta'; readonly index: number; readonly delta: BlockDelta }
  | { readonly type: 'content_block_stop'; readonly index: number }
  | {
      readonly type: 'message_delta';
      readonly delta: { readonly stop_reason: string; readonly stop_sequence: string | null; readonly stop_details?: object };
      readonly usage: TokenUsage;
    }
  | { readonly type: 'message_stop' }
  | { readonly type: 'error'; readonly error: { readonly type: string; readonly message: string }; readonly request_id: string };

/** A piece of a content block. */
export type BlockDelta =
  | { readonly type: 'text_delta'; readonly text: string }
  | { readonly type: 'thinking_delta'; readonly thinking: string }
  | { readonly type: 'signature_delta'; readonly signature: string }
  | { readonly type: 'input_json_delta'; readonly partial_json: string };
