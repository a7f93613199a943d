import type { Usage } from './usage.ts';

/**
 * What happens during a turn, in order: one `turn-start`, any number of deltas, one `usage`, one `turn-end`.
 * A turn that fails throws a `GatewayError` instead of its `turn-end`.
 */
export type TurnEvent =
  /** The model has begun to answer; `model` is its full name as the API reports it. */
  | { readonly type: 'turn-start'; readonly model: string }
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'turn-end'; readonly reason: TurnEndReason };

/** Why the model stopped, in the terms of the Messages API's `stop_reason`. */
export type TurnEndReason = 'end_turn' | 'max_tokens' | 'stop_sequence' | 'tool_use' | 'refusal';
