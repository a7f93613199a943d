import type { TokenUsage } from './token-usage.ts';

/** What every reply of the model can be told. */
export interface ReplyOptions {
  /** The pause before the first byte; default 0. */
  readonly delayMs?: number;
  /** The pause between two deltas; default 0. */
  readonly chunkDelayMs?: number;
  /** Default: 10 input tokens, 5 output tokens, none of the cache. */
  readonly usage?: Partial<TokenUsage>;
  /** Default: `tool_use` with tool calls, `stop_sequence` with a `stopSequence`, else `end_turn`. */
  readonly stopReason?: string;
  readonly stopSequence?: string;
  /** Of a refusal: why, as in `{ type: 'refusal', category: 'cyber', explanation: '...' }`. */
  readonly stopDetails?: object;
  /** Default: the request's model. */
  readonly model?: string;
}
