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
  return (event.type === 'block-start' && event.block.type === 'tool_use') || (event.type === 'text-delta' && event.text.trim() !== '');
}

/** Undefined where the two are not deltas of one kind: neighbours are of one block. */
function join(one: TurnEvent, next: TurnEvent): TurnEvent | undefined {
  if (one.type === 'text-delta' && next.type === 'text-delta') return { ...one, text: one.text + next.text };
  if (one.type === 'thinking-delta' && next.type === 'thinking-delta') return { ...one, thinking: one.thinking + next.thinking };
  if (one.type === 'signature' && next.type === 'signature') return { ...one, signature: one.signature + next.signature };
  if (one.type === 'input-delta' && next.type === 'input-delta') return { ...one, json: one.json + next.json };
  return undefined;
}

/** Gives the kept events of a turn as if it ran, without any tokens spent. */
export async function* replayAnswer(events: readonly TurnEvent[], signal: AbortSignal): AsyncGenerator<TurnEvent, void, undefined> {
  const told = events.flatMap((event): TurnEvent[] => (event.type === 'turn-end' ? [{ type: 'usage', usage: noUsage }, event] : [event]));
  for (const event of told) {
    signal.throwIfAborted();
    yield withoutUsage(event);
  }
  signal.throwIfAborted();
}

/** The event as one is told who spends no tokens on it. */
export function withoutUsage(event: TurnEvent): TurnEvent {
  return event.type === 'turn-start' || event.type === 'usage' ? { ...event, usage: noUsage } : event;
}
