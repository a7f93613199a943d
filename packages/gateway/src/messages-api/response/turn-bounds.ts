import type { TurnEnd, TurnEndReason, TurnEvent } from '../../turn/turn-event.ts';
import type { Usage } from '../../turn/usage.ts';
import type { StreamEvent } from '../stream-event.ts';
import type { JsonObject } from '../../turn/tool.ts';

const endReasons: Readonly<Record<string, TurnEndReason>> = {
  end_turn: 'end_turn',
  max_tokens: 'max_tokens',
  model_context_window_exceeded: 'context_window',
  pause_turn: 'pause_turn',
  stop_sequence: 'stop_sequence',
  tool_use: 'tool_use',
  refusal: 'refusal',
};

/** The Messages API's `stop_reason`; undefined where there is none. One of the future counts as a plain end. */
export function toEndReason(stopReason: string | null | undefined): TurnEndReason | undefined {
  if (stopReason === null || stopReason === undefined) return undefined;
  return endReasons[stopReason] ?? 'end_turn';
}

type Start = Extract<StreamEvent, { type: 'message_start' }>['message'];
type Delta = Extract<StreamEvent, { type: 'message_delta' }>['delta'];

/** The end of a turn whose last message ended so. A reason that is not known here is told on as it is. */
export function toTurnEnd({ stop_reason: stopReason, stop_sequence: stopSequence, ...told }: Delta, reason: TurnEndReason): TurnEnd {
  const { stop_details: details } = told;
  const unknown = endReasons[stopReason ?? 'end_turn'] === undefined ? { stop_reason: stopReason } : {};
  return {
    type: 'turn-end',
    reason,
    ...(reason === 'stop_sequence' && typeof stopSequence === 'string' && { stopSequence }),
    ...(details?.explanation && { refusal: details.explanation }),
    ...toTold({ ...told, ...unknown }),
  };
}

/** The start of a turn whose first message begins so. */
export function toTurnStart({ id, model }: Start, usage: Usage): TurnEvent {
  return { type: 'turn-start', model, ...(id !== undefined && { messageId: id }), usage };
}

/** What the API told in fields that are not interpreted here, as `told`; no field at all where all of them are absent or null. */
export function toTold(fields: object): { readonly told?: JsonObject } {
  const told = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  return told.length > 0 ? { told: Object.fromEntries(told) } : {};
}
