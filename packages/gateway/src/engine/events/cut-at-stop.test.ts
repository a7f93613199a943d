import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TurnEvent } from '../../turn/turn-event.ts';
import { noUsage } from '../../turn/usage.ts';
import { inBlocks, withoutBlocks, type ScriptEvent } from '../../testing/script-blocks.ts';
import { cutAtStop as toCut } from './cut-at-stop.ts';
import { transformTurn } from './transform-turn.ts';

const early = { ...noUsage, inputTokens: 7, outputTokens: 1 };
const final = { ...noUsage, inputTokens: 7, outputTokens: 30 };

async function* turn(deltas: readonly ScriptEvent[], onLeave = (): void => {}): AsyncGenerator<TurnEvent, void, undefined> {
  try {
    yield* inBlocks([
      { type: 'turn-start', model: 'm', usage: early },
      ...deltas,
      { type: 'usage', usage: final },
      { type: 'turn-end', reason: 'end_turn' },
    ]);
  } finally {
    onLeave();
  }
}

const cutAtStop = (events: AsyncIterable<TurnEvent>, stops: readonly string[]) => transformTurn(events, [toCut(stops)]);

async function gather(events: AsyncIterable<TurnEvent>): Promise<ScriptEvent[]> {
  const all: TurnEvent[] = [];
  for await (const event of events) all.push(event);
  return withoutBlocks(all);
}

const texts = (...pieces: string[]): ScriptEvent[] => pieces.map((text) => ({ type: 'text-delta', text }));
const textOf = (events: readonly ScriptEvent[]): string => events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');

/** Reads letter by letter, until a stop is complete. */
function firstComplete(text: string, stops: readonly string[]): number {
  for (let end = 1; end <= text.length; end += 1) {
    const complete = stops.filter((stop) => text.slice(0, end).endsWith(stop));
    if (complete.length > 0) return end - Math.max(...complete.map((stop) => stop.length));
  }
  return Infinity;
}

test('any text, cut anywhere, ends before its first stop and says so', async () => {
  const letters = fc.constantFrom(' ', '\n', '\t', 'a');
  const text = fc.string({ unit: letters, maxLength: 30 });
  const stops = fc.array(fc.string({ unit: fc.constantFrom(' ', '\n', '\t'), minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 8 }), stops, async (pieces, all) => {
      const whole = pieces.join('');
      const at = firstComplete(whole, all);
      const events = await gather(cutAtStop(turn(texts(...pieces)), all));
      expect(textOf(events)).toBe(whole.slice(0, at));
      expect(events.at(-1)).toMatchObject({ type: 'turn-end', reason: at === Infinity ? 'end_turn' : 'stop_sequence' });
      expect(events.filter((event) => event.type === 'usage')).toHaveLength(1);
      expect(events.every((event) => event.type !== 'text-delta' || event.text !== '')).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('a text that can not be the beginning of a stop is not held back', async () => {
  const events = cutAtStop(turn(texts('one', ' two', '\n', 'x')), ['\n\n']);
  const seen: string[] = [];
  for await (const event of events) if (event.type === 'text-delta') seen.push(event.text);
  expect(seen).toEqual(['one', ' two', '\nx']);
});

test('what is held back comes before what is no text', async () => {
  const events = await gather(cutAtStop(turn([...texts('a\n'), { type: 'call', id: 't', name: 'x' }, ...texts('\n')]), ['\n\n']));
  expect(events.slice(1, 4)).toEqual([...texts('a', '\n'), { type: 'call', id: 't', name: 'x' }]);
});

test('the turn that goes on is left, and its usage is what was known', async () => {
  let left = 0;
  const events = await gather(
    cutAtStop(
      turn(texts('a\n\n', 'b', 'c'), () => (left += 1)),
      ['\n\n'],
    ),
  );
  expect(events.slice(1)).toEqual([
    ...texts('a'),
    { type: 'usage', usage: early },
    { type: 'turn-end', reason: 'stop_sequence', stopSequence: '\n\n' },
  ]);
  expect(left).toBe(1);
});

test('what an agent does and costs passes, in its place', async () => {
  const activity: TurnEvent[] = [
    { type: 'activity-start', id: '1', name: 'Read', input: { a: 1 } },
    { type: 'activity-end', id: '1', result: 'r', isError: false, denied: false },
  ];
  const spent: TurnEvent = { type: 'usage', usage: final, costUsd: 0.5 };
  const end: TurnEvent = { type: 'turn-end', reason: 'max_tokens', limit: 'max_turns', steps: [] };
  async function* agent(): AsyncGenerator<TurnEvent, void, undefined> {
    yield* inBlocks([...texts('a\n'), ...activity, ...texts('\nb'), spent, end]);
  }
  expect(await gather(cutAtStop(agent(), ['\n\n']))).toEqual([...texts('a', '\n'), ...activity, ...texts('\nb'), spent, end]);
});

test('the block that is cut is ended, and which stop it was is told', async () => {
  const all: TurnEvent[] = [];
  for await (const event of cutAtStop(turn(texts('a\t', ' \n\n')), ['\n\n', ' \n', '\t'])) all.push(event);
  expect(all.slice(1)).toEqual([
    { type: 'block-start', index: 0, block: { type: 'text' } },
    { type: 'text-delta', index: 0, text: 'a' },
    { type: 'block-end', index: 0 },
    { type: 'usage', usage: early },
    { type: 'turn-end', reason: 'stop_sequence', stopSequence: '\t' },
  ]);
});
