import type { TurnEndReason } from '@claude-code-api/gateway';

const endReasons: Readonly<Record<string, TurnEndReason>> = {
  end_turn: 'end_turn',
  max_tokens: 'max_tokens',
  model_context_window_exceeded: 'max_tokens',
  stop_sequence: 'stop_sequence',
  tool_use: 'tool_use',
  refusal: 'refusal',
};

/** The Messages API's `stop_reason`; undefined where there is none. One of the future counts as a plain end. */
export function toEndReason(stopReason: string | null | undefined): TurnEndReason | undefined {
  if (stopReason === null || stopReason === undefined) return undefined;
  return endReasons[stopReason] ?? 'end_turn';
}
