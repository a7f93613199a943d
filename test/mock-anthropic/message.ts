import type { ContentBlock } from './content-block.ts';
import type { TokenUsage } from './token-usage.ts';

/** An answer as one JSON object, as the Messages API writes it. */
export interface Message {
  readonly id: string;
  readonly type: 'message';
  readonly role: 'assistant';
  readonly model: string;
  readonly content: readonly ContentBlock[];
  /** Null in a stream's `message_start` only. */
  readonly stop_reason: string | null;
  readonly stop_sequence: string | null;
  /** Of a refusal. */
  readonly stop_details?: object;
  readonly usage: TokenUsage;
}
