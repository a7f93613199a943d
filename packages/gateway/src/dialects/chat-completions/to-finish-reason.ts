import type { TurnEndReason } from '../../turn/turn-event.ts';

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter';

const finishReasons: Readonly<Record<TurnEndReason, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
};

export function toFinishReason(reason: TurnEndReason): FinishReason {
  return finishReasons[reason];
}
