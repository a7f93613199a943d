import type { Message } from './message.ts';
import type { JsonObject } from './tool.ts';
import type { Usage } from './usage.ts';

/**
 * What happens during a turn, in order: one `turn-start`, any number of blocks and activities, one `usage`, one `turn-end`. Blocks come one
 * after another, with `index` from 0 by one, over all steps of an agent's turn; nothing of a block comes before its start or after its end.
 * A turn that fails throws a `GatewayError` instead of its `turn-end`.
 */
export type TurnEvent =
  /**
   * The model has begun to answer. `model` is its full name as the API reports it, `messageId` the API's own id of the message (`msg_...`), of
   * an agent's turn the first one's, where the runner knows it; `usage` is what is known so far, and
   * `told` what else the API told of it, as it did.
   */
  | { readonly type: 'turn-start'; readonly model: string; readonly messageId?: string; readonly usage: Usage; readonly told?: JsonObject }
  | BlockEvent
  /** An agent begins to use a tool of its own: a built-in one, or one of an MCP server. */
  | { readonly type: 'activity-start'; readonly id: string; readonly name: string; readonly input: JsonObject }
  /** It is done. `result` is its text; `denied` tells that it did not run, since the profile does not allow it. */
  | { readonly type: 'activity-end'; readonly id: string; readonly result: string; readonly isError: boolean; readonly denied: boolean }
  | HostedCallEvent
  /**
   * Of all steps of the turn; `costUsd` where the runner knows what they cost, in US dollars; `upstreamRequestId` is Anthropic's own
   * id of the last request; `told` as in `turn-start`.
   */
  | {
      readonly type: 'usage';
      readonly usage: Usage;
      readonly costUsd?: number;
      readonly upstreamRequestId?: string;
      readonly told?: JsonObject;
    }
  | TurnEnd;

/** What becomes of calls that the gateway itself makes for the caller; runners tell none of it. */
export type HostedCallEvent =
  /** A call of an earlier answer, which the caller has allowed now, is made. Those of this answer are blocks of it. */
  | { readonly type: 'call-start'; readonly id: string; readonly name: string; readonly input: JsonObject; readonly itemId?: string }
  /** Calls have their results, with which Claude goes on. `steps` is what an agent did up to them: see `Message`. */
  | { readonly type: 'calls-end'; readonly results: readonly CallResult[]; readonly steps?: readonly Message[] };

/** What came of a call that the gateway has made. */
export interface CallResult {
  readonly id: string;
  readonly text: string;
  readonly isError: boolean;
}

/** A block of the answer: its start, its pieces, its end. */
export type BlockEvent =
  /** `itemId`, which the engine makes, is the id of the item of a conversation that the block is, or is a part of. */
  | { readonly type: 'block-start'; readonly index: number; readonly block: StartedBlock; readonly itemId?: string }
  | { readonly type: 'text-delta'; readonly index: number; readonly text: string }
  /** A source of a text, as the API has it. */
  | { readonly type: 'citation'; readonly index: number; readonly citation: JsonObject }
  /** What the model thinks, for the caller to see. */
  | { readonly type: 'thinking-delta'; readonly index: number; readonly thinking: string }
  /** A piece of what lets the API take thinking back: the pieces of a block add up. */
  | { readonly type: 'signature'; readonly index: number; readonly signature: string }
  /** The next piece of a call's arguments, as JSON text. A call without arguments may have none. */
  | { readonly type: 'input-delta'; readonly index: number; readonly json: string }
  /** `seal`, which the engine makes where that is wished for, is thinking for the caller to bring back. */
  | { readonly type: 'block-end'; readonly index: number; readonly seal?: string };

/** What is known of a block at its start. */
export type StartedBlock =
  | { readonly type: 'text' }
  | { readonly type: 'thinking' }
  | { readonly type: 'redacted_thinking'; readonly data: string }
  /** A call of a tool of the caller's. */
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly extra?: JsonObject }
  /** A block that is only passed on, whole at its start: the API's own tools and their results. Of its pieces only `input-delta` may follow. */
  | { readonly type: 'other'; readonly block: JsonObject };

/**
 * The model has stopped. `stopSequence` is what it stopped at, of the turn's own; `steps` is all that an agent did, see `Message`; `limit`
 * the limit of the profile that ended it, with the reason `max_tokens`; `refusal` why Claude refused, where the API says it.
 */
export interface TurnEnd {
  readonly type: 'turn-end';
  readonly reason: TurnEndReason;
  readonly stopSequence?: string;
  readonly steps?: readonly Message[];
  readonly limit?: 'max_turns' | 'max_budget';
  readonly refusal?: string;
  /** What else the API told of the end, as it did: `stop_details`, `context_management`, a `stop_reason` that is none of ours... */
  readonly told?: JsonObject;
}

/** Why the model stopped, in the terms of the Messages API's `stop_reason`; `context_window`: no more tokens have room in it. */
export type TurnEndReason = 'end_turn' | 'max_tokens' | 'stop_sequence' | 'tool_use' | 'refusal' | 'pause_turn' | 'context_window';

/** How a tool's use ended: it ran, it ran and failed, or it did not run since it is not allowed. */
export type ActivityStatus = 'completed' | 'failed' | 'denied';

export function activityStatus({ isError, denied }: Extract<TurnEvent, { type: 'activity-end' }>): ActivityStatus {
  if (denied) return 'denied';
  return isError ? 'failed' : 'completed';
}

/** How an agent's use of its own tools is told: not at all; beside the answer; as lines of its reasoning. */
export type ActivityMode = (typeof activityModes)[number];

export const activityModes = ['none', 'events', 'reasoning'] as const;
