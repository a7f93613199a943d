import type { TurnEvent } from '../../turn/turn-event.ts';
import { noUsage, type Usage } from '../../turn/usage.ts';
import type { TurnTransform } from './transform-turn.ts';

/**
 * Ends a turn's text before the first of `stops` to be complete, wherever the deltas are cut. What may be the beginning of a stop is held
 * back until it is known not to be. The usage of a turn that is cut so is what was known.
 */
export function cutAtStop(stops: readonly string[]): TurnTransform {
  let held = '';
  let index = 0;
  let usage: Usage = noUsage;

  /** The text that is told of what was held back. */
  function tell(length: number): TurnEvent[] {
    const text = held.slice(0, length);
    held = held.slice(length);
    return text === '' ? [] : [{ type: 'text-delta', index, text }];
  }

  return (event) => {
    if (event.type !== 'text-delta') {
      if (event.type === 'turn-start') ({ usage } = event);
      return held === '' ? [event] : [...tell(held.length), event];
    }
    held += event.text;
    ({ index } = event);
    const found = firstOf(held, stops);
    if (found === undefined) return tell(held.length - longestBeginning(held, stops));
    return [
      ...tell(found.at),
      { type: 'block-end', index },
      { type: 'usage', usage },
      { type: 'turn-end', reason: 'stop_sequence', stopSequence: found.stop },
    ];
  };
}

/** The stop that is complete first, as a model that writes the text would find it, and where it begins; of several the longest. */
function firstOf(text: string, stops: readonly string[]): { readonly at: number; readonly stop: string } | undefined {
  let first: { readonly at: number; readonly stop: string; readonly end: number } | undefined;
  for (const stop of stops) {
    const at = text.indexOf(stop);
    const end = at + stop.length;
    if (at !== -1 && (first === undefined || end < first.end || (end === first.end && at < first.at))) first = { at, stop, end };
  }
  return first;
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
