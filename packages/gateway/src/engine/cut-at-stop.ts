import type { TurnEvent } from '../turn/turn-event.ts';
import { noUsage, type Usage } from '../turn/usage.ts';

/**
 * Ends a turn's text before the first of `stops` to be complete, wherever the deltas are cut. What may be the beginning of a stop is held
 * back until it is known not to be. The turn that goes on behind it is left, and so ended; its usage is what was known.
 */
export async function* cutAtStop(events: AsyncIterable<TurnEvent>, stops: readonly string[]): AsyncGenerator<TurnEvent, void, undefined> {
  let held = '';
  let usage: Usage = noUsage;
  for await (const event of events) {
    if (event.type !== 'text-delta') {
      if (event.type === 'turn-start') usage = event.usage;
      if (held !== '') yield { type: 'text-delta', text: held };
      held = '';
      yield event;
      continue;
    }
    held += event.text;
    const at = firstOf(held, stops);
    if (at !== -1) {
      if (at > 0) yield { type: 'text-delta', text: held.slice(0, at) };
      yield { type: 'usage', usage };
      yield { type: 'turn-end', reason: 'stop_sequence' };
      return;
    }
    const safe = held.length - longestBeginning(held, stops);
    if (safe > 0) yield { type: 'text-delta', text: held.slice(0, safe) };
    held = held.slice(safe);
  }
}

/** Where the stop begins that is complete first, as a model that writes the text would find it; of several the longest. */
function firstOf(text: string, stops: readonly string[]): number {
  const found = stops.map((stop) => ({ at: text.indexOf(stop), length: stop.length })).filter(({ at }) => at !== -1);
  const end = Math.min(...found.map(({ at, length }) => at + length));
  const first = found.filter(({ at, length }) => at + length === end).map(({ at }) => at);
  return first.length === 0 ? -1 : Math.min(...first);
}

/** How many characters at the end of `text` could be the beginning of a stop. */
function longestBeginning(text: string, stops: readonly string[]): number {
  const longest = Math.max(0, ...stops.map((stop) => stop.length - 1));
  for (let length = Math.min(longest, text.length); length > 0; length -= 1) {
    const end = text.slice(-length);
    if (stops.some((stop) => stop.startsWith(end))) return length;
  }
  return 0;
}
