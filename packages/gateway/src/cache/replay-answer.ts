import type { TurnEvent } from '../turn/turn-event.ts';
import { noUsage } from '../turn/usage.ts';
import { withoutUsage } from './without-usage.ts';

/** Gives the kept events of a turn as if it ran, without any tokens spent. */
export async function* replayAnswer(events: readonly TurnEvent[], signal: AbortSignal): AsyncGenerator<TurnEvent, void, undefined> {
  for (const event of events) {
    signal.throwIfAborted();
    if (event.type === 'turn-end') yield { type: 'usage', usage: noUsage };
    yield withoutUsage(event);
  }
}
