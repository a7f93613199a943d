import type { TurnEndReason } from '../../../turn/turn-event.ts';
import type { OutputEnd } from './output.ts';

/**
 * How a response has ended.
 *
 * @param isUnsaid Whether nothing was said: a refusal is then said in words of its own.
 */
export function toOutputEnd(reason: TurnEndReason, isUnsaid: boolean): OutputEnd {
  if (reason === 'max_tokens' || reason === 'context_window') return { status: 'incomplete', reason: 'max_output_tokens' };
  return reason === 'refusal' && !isUnsaid ? { status: 'incomplete', reason: 'content_filter' } : { status: 'completed' };
}
