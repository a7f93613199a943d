import type { TurnEndReason, TurnEvent } from '../turn/turn-event.ts';
import { noUsage } from '../turn/usage.ts';

const wholeReasons: ReadonlySet<TurnEndReason> = new Set(['end_turn', 'stop_sequence', 'tool_use']);

/**
 * A turn's events as a cache keeps them: neighbouring deltas of one kind put together, without the usage.
 *
 * @returns Undefined for what is not worth keeping: a cut, refused, empty or unfinished answer, or one for which an agent did something.
 */
export function toKeptEvents(events: readonly TurnEvent[]): TurnEvent[] | undefined {
  const end = events.at(-1);
  if (end?.type !== 'turn-end' || !wholeReasons.has(end.reason) || !events.some(hasContent)) return undefined;
  if (events.some((event) => event.type === 'activity-start')) return undefined;
  const kept: TurnEvent[] = [];
  for (const event of events) {
    if (event.type === 'usage') continue;
    const last = kept.at(-1);
    const joined = last && join(last, event);
    if (joined === undefined) kept.push(event.type === 'turn-start' ? { ...event, usage: noUsage } : event);
    else kept[kept.length - 1] = joined;
  }
  return kept;
}

function hasContent(event: TurnEvent): boolean {
  return event.type === 'tool-call-start' || (event.type === 'text-delta' && event.text.trim() !== '');
}

/** Undefined where the two are not deltas of one kind. */
function join(one: TurnEvent, next: TurnEvent): TurnEvent | undefined {
  if (one.type === 'text-delta' && next.type === 'text-delta') return { type: 'text-delta', text: one.text + next.text };
  if (one.type === 'reasoning-delta' && next.type === 'reasoning-delta') return { type: 'reasoning-delta', text: one.text + next.text };
  if (one.type === 'tool-call-delta' && next.type === 'tool-call-delta') return { type: 'tool-call-delta', json: one.json + next.json };
  return undefined;
}
