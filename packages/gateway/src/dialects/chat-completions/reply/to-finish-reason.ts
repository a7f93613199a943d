import type { TurnEndReason } from '../../../turn/turn-event.ts';

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call';

const finishReasons: Readonly<Record<TurnEndReason, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  context_window: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
};

/** What stands in `refusal` where the API gives no reason. */
export const refusalText = 'Claude declined to answer.';

export interface FinishReasonOptions {
  /** Whether calls are told in the older form. */
  readonly functionCall: boolean;
  /** Whether the answer was to fit a schema: then a refusal is told in `refusal`, and is a regular end. */
  readonly structured: boolean;
}

export function toFinishReason(reason: TurnEndReason, options: FinishReasonOptions): FinishReason {
  if (reason === 'tool_use' && options.functionCall) return 'function_call';
  if (reason === 'refusal' && options.structured) return 'stop';
  return finishReasons[reason];
}
