import type { ContentBlock } from './content-block.ts';
import type { Message } from './message.ts';
import type { JsonObject } from './tool.ts';
import type { Usage } from './usage.ts';

/**
 * What happens during a turn, in order: one `turn-start`, any number of deltas and activities, one `usage`, one `turn-end`.
 * A turn that fails throws a `GatewayError` instead of its `turn-end`.
 */
export type TurnEvent =
  /** The model has begun to answer; `model` is its full name as the API reports it, `usage` what is known so far. */
  | { readonly type: 'turn-start'; readonly model: string; readonly usage: Usage }
  | { readonly type: 'text-delta'; readonly text: string }
  /** What the model thinks, for the caller to see. */
  | { readonly type: 'reasoning-delta'; readonly text: string }
  /** The model begins to call a tool; the deltas of its arguments follow before the next call. */
  | { readonly type: 'tool-call-start'; readonly id: string; readonly name: string }
  /** The next piece of the arguments, as JSON text. A call without arguments may have none. */
  | { readonly type: 'tool-call-delta'; readonly json: string }
  /** An agent begins to use a tool of its own: a built-in one, or one of an MCP server. */
  | { readonly type: 'activity-start'; readonly id: string; readonly name: string; readonly input: JsonObject }
  /** It is done. `result` is its text; `denied` tells that it did not run, since the profile does not allow it. */
  | { readonly type: 'activity-end'; readonly id: string; readonly result: string; readonly isError: boolean; readonly denied: boolean }
  /**
   * Of all steps of the turn; `costUsd` where the runner knows what they cost, in US dollars; `upstreamRequestId` is Anthropic's own
   * id of the last request.
   */
  | { readonly type: 'usage'; readonly usage: Usage; readonly costUsd?: number; readonly upstreamRequestId?: string }
  /**
   * The model has stopped. `content` is its answer as the API would take it back, thinking with its signatures included;
   * absent where the runner knows no more than the deltas told. `steps` is all that an agent did, see `Message`; `limit` the
   * limit of the profile that ended it, with the reason `max_tokens`; `refusal` why Claude refused, where the API says it.
   */
  | {
      readonly type: 'turn-end';
      readonly reason: TurnEndReason;
      readonly content?: readonly ContentBlock[];
      readonly steps?: readonly Message[];
      readonly limit?: 'max_turns' | 'max_budget';
      readonly refusal?: string;
    };

/** Why the model stopped, in the terms of the Messages API's `stop_reason`. */
export type TurnEndReason = 'end_turn' | 'max_tokens' | 'stop_sequence' | 'tool_use' | 'refusal';
