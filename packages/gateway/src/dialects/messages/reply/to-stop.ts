import type { JsonObject } from '../../../turn/tool.ts';
import type { TurnEnd } from '../../../turn/turn-event.ts';

/** How a message says that it has ended. */
export interface Stop {
  readonly stop_reason: string;
  readonly stop_sequence: string | null;
  readonly stop_details?: JsonObject;
}

export function toStop({ reason, stopSequence, refusal, told }: TurnEnd): Stop {
  const { context_management: _management, ...rest } = told ?? {};
  return {
    stop_reason: reason === 'context_window' ? 'model_context_window_exceeded' : reason,
    stop_sequence: stopSequence ?? null,
    ...(reason === 'refusal' && { stop_details: { type: 'refusal', category: null, explanation: refusal ?? null } }),
    ...rest,
  };
}

/** What stands beside that: what the API has left out of the context. */
export function toManagement({ told }: TurnEnd): object {
  return told?.['context_management'] === undefined ? {} : { context_management: told['context_management'] };
}
