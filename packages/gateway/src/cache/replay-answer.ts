import type { TurnEvent } from '../turn/turn-event.ts';
import { noUsage } from '../turn/usage.ts';
import { withoutUsage } from './without-usage.ts';

/** Gives the kept events of a turn as if it ran, without any tokens spent. */
export async function* replayAnswer(events: readonly TurnEvent[], signal: AbortSignal): AsyncGenerator<TurnEvent, void, undefined> {
  const told = events.flatMap((event): TurnEvent[] => (event.type === 'turn-end' ? [{ type: 'usage', usage: noUsage }, event] : [event]));
  for (const event of told) {
    signal.throwIfAborted();
    yield withoutUsage(event);
  }
  signal.throwIfAborted();
}
