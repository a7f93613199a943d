import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TurnEvent } from '../../turn/turn-event.ts';
import { mergeTurns as merge } from './merge-turns.ts';

interface IndexedEvent {
  readonly index: number;
  readonly event: TurnEvent;
}

async function* mergeTurns(turns: readonly AsyncIterable<TurnEvent>[], stop: () => void): AsyncGenerator<IndexedEvent, void, undefined> {
  const merged = merge(turns, { take: (event, index): IndexedEvent => ({ index, event }), end: () => 'end', stop });
  try {
    for (let result = await merged.next(); result.done !== true; result = await merged.next()) yield result.value;
  } finally {
    await merged.return?.();
  }
}

const delta = (text: string): TurnEvent => ({ type: 'text-delta', index: 0, text });

async function* script(steps: readonly (string | number | Error)[], signal?: AbortSignal): AsyncGenerator<TurnEvent, void, undefined> {
  for (const step of steps) {
    if (step instanceof Error) throw step;
    if (typeof step === 'number') await wait(step, signal);
    else yield delta(step);
  }
}

function wait(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, delayMs);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

async function gather(events: AsyncIterable<IndexedEvent>): Promise<string[]> {
  const all: string[] = [];
  for await (const { index, event } of events) all.push(`${index}${event.type === 'text-delta' ? event.text : event.type}`);
  return all;
}

test('nothing is lost, and each turn keeps its order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(fc.string(), { maxLength: 5 }), { maxLength: 8 }), async (turns) => {
      const merged = await gather(
        mergeTurns(
          turns.map((steps) => script(steps)),
          () => {},
        ),
      );
      for (const [index, steps] of turns.entries()) {
        expect(merged.filter((each) => each.startsWith(String(index)))).toEqual(steps.map((text) => `${index}${text}`));
      }
    }),
  );
});

test('a slow turn holds up no other', async () => {
  const merged = await gather(mergeTurns([script([60, 'a', 'b']), script(['c', 20, 'd'])], () => {}));
  expect(merged).toEqual(['1c', '1d', '0a', '0b']);
});

test('the first failure stops all, once they have stopped', async () => {
  const controller = new AbortController();
  const turns = [script(['a', 10_000, 'b'], controller.signal), script(['c', 5, new Error('no')])];
  await expect(gather(mergeTurns(turns, () => controller.abort()))).rejects.toThrow('no');
  expect(controller.signal.aborted).toBe(true);
});

test('leaving stops those that run, and none when all have ended', async () => {
  let stops = 0;
  const controller = new AbortController();
  const stop = (): void => {
    stops += 1;
    controller.abort();
  };
  for await (const { event } of mergeTurns([script(['a', 10_000], controller.signal)], stop)) {
    expect(event).toEqual(delta('a'));
    break;
  }
  expect(stops).toBe(1);
  await gather(mergeTurns([script(['a'])], stop));
  expect(stops).toBe(1);
});

test('a failure behind the last event that anybody came for is nobody’s', async () => {
  async function* failing(): AsyncGenerator<TurnEvent> {
    yield delta('a');
    throw new Error('too late');
  }
  const merged = mergeTurns([failing()], () => {});
  expect((await merged.next()).value).toEqual({ index: 0, event: delta('a') });
  // An unhandled rejection would fail the run.
  await new Promise((resolve) => setTimeout(resolve, 5));
});

test('what agents do keeps its place and its turn', async () => {
  const activity = (id: string): TurnEvent[] => [
    { type: 'activity-start', id, name: 'Read', input: {} },
    delta('a'),
    { type: 'activity-end', id, result: 'r', isError: false, denied: false },
  ];
  async function* agent(id: string): AsyncGenerator<TurnEvent, void, undefined> {
    yield* activity(id);
  }
  const merged: IndexedEvent[] = [];
  for await (const each of mergeTurns([agent('0'), agent('1')], () => {})) merged.push(each);
  for (const id of [0, 1]) expect(merged.filter(({ index }) => index === id).map(({ event }) => event)).toEqual(activity(String(id)));
});

test.each([1, 2])('a failure in telling what has come stops the turns and leaves them: %s', async (count) => {
  let stops = 0;
  let left = 0;
  async function* endless(): AsyncGenerator<TurnEvent, void, undefined> {
    try {
      for (;;) yield delta('a');
    } finally {
      left += 1;
    }
  }
  const take = (): never => {
    throw new Error('no words');
  };
  const merged = merge(Array.from({ length: count }, endless), { take, end: () => 'end', stop: () => (stops += 1) });
  await expect(merged.next()).rejects.toThrow('no words');
  expect([stops, left]).toEqual([1, count]);
});
