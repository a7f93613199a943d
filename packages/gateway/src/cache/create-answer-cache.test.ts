import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LogFields, type Logger, silentLogger } from '../ports/logger.ts';
import type { CachedAnswer, ResponseCache } from '../ports/response-cache.ts';
import type { TurnEndReason, TurnEvent } from '../turn/turn-event.ts';
import { noUsage } from '../turn/usage.ts';
import { type AnswerCache, type AnswerCacheResult, createAnswerCache } from './create-answer-cache.ts';
import type { CacheWish } from './read-cache-wish.ts';

const usage = { ...noUsage, inputTokens: 3, outputTokens: 4 };
const both = { read: true, write: true };
const fresh = { read: false, write: true };
const text = (value: string): TurnEvent => ({ type: 'text-delta', index: 0, text: value });
const answer = (pieces: readonly string[], spent = usage, reason: TurnEndReason = 'end_turn'): TurnEvent[] => [
  { type: 'turn-start', model: 'm', usage: spent },
  ...pieces.map(text),
  { type: 'usage', usage: spent },
  { type: 'turn-end', reason },
];

interface MemoryCache extends ResponseCache {
  readonly answers: Map<string, CachedAnswer>;
}

function createMemoryCache(): MemoryCache {
  const answers = new Map<string, CachedAnswer>();
  return { answers, get: async (key) => answers.get(key), set: async (key, value) => void answers.set(key, value) };
}

/** A turn that goes on only when it is told to, and says what is done with it. */
function createTurn() {
  const waiting: (() => void)[] = [];
  const queue: (TurnEvent | Error)[] = [];
  const state = { starts: 0, reads: 0, returns: 0, signal: new AbortController().signal };
  async function* run(signal: AbortSignal): AsyncGenerator<TurnEvent, void, undefined> {
    state.starts += 1;
    state.signal = signal;
    const wake = (): void => waiting.shift()?.();
    signal.addEventListener('abort', wake);
    try {
      for (;;) {
        state.reads += 1;
        while (queue.length === 0 && !signal.aborted) await new Promise<void>((resolve) => waiting.push(resolve));
        signal.throwIfAborted();
        const next = queue.shift()!;
        if (next instanceof Error) throw next;
        yield next;
        if (next.type === 'turn-end') return;
      }
    } finally {
      state.returns += 1;
      signal.removeEventListener('abort', wake);
    }
  }
  const say = (...events: (TurnEvent | Error)[]): void => {
    queue.push(...events);
    waiting.shift()?.();
  };
  return { state, say, start: (signal: AbortSignal) => run(signal) };
}

async function gather({ events }: Pick<AnswerCacheResult, 'events'>): Promise<TurnEvent[]> {
  const all: TurnEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const iteratorOf = ({ events }: AnswerCacheResult) => events[Symbol.asyncIterator]();
const tick = () => new Promise<void>((resolve) => setTimeout(resolve, 5));
const never = () => new AbortController().signal;
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

interface Setup {
  readonly store: MemoryCache;
  readonly cache: AnswerCache;
  readonly turn: ReturnType<typeof createTurn>;
  readonly run: (signal?: AbortSignal, wish?: CacheWish) => Promise<AnswerCacheResult>;
}

function setUp(now?: () => number): Setup {
  const store = createMemoryCache();
  const cache = createAnswerCache({ cache: store, logger: silentLogger, ...(now && { now }) });
  const turn = createTurn();
  return {
    store,
    cache,
    turn,
    run: (signal = never(), wish = both) => cache.run({ key: 'k', tenant: 't', wish, start: turn.start, signal }),
  };
}

test('a miss runs the turn and keeps it; a hit replays it without any usage', async () => {
  const { store, turn, run } = setUp(() => 1000);
  turn.say(...answer(['a', 'b']));
  const first = await run();
  expect(first.outcome).toBe('miss');
  expect(await gather(first)).toEqual(answer(['a', 'b']));
  const [start, ...rest] = answer(['ab'], noUsage);
  expect(store.answers.get('k')).toEqual({ events: [start, ...rest.filter(({ type }) => type !== 'usage')], storedAt: 1000 });
  const second = await run();
  expect(second.outcome).toBe('hit');
  expect(await gather(second)).toEqual(answer(['ab'], noUsage));
  expect(turn.state.starts).toBe(1);
});

test('an answer is taken as long as it is not too old', async () => {
  let now = 1000;
  const { turn, run } = setUp(() => now);
  turn.say(...answer(['a']));
  await gather(await run());
  now = 3000;
  expect((await run(never(), { ...both, maxAgeMs: 2000 })).outcome).toBe('hit');
  now = 3001;
  expect((await run(never(), { ...both, maxAgeMs: 2000 })).outcome).toBe('miss');
});

test('an answer is kept before its end is told', async () => {
  const { store, turn, run } = setUp();
  turn.say(...answer(['a']));
  for await (const event of (await run()).events) expect(store.answers.size).toBe(event.type === 'turn-end' ? 1 : 0);
  expect(store.answers.size).toBe(1);
});

test('every event is passed on the moment it comes', async () => {
  const { turn, run } = setUp();
  const events = iteratorOf(await run());
  for (const event of answer(['a', 'b'])) {
    const next = events.next();
    turn.say(event);
    expect(await next).toEqual({ done: false, value: event });
  }
  expect(await events.next()).toEqual({ done: true, value: undefined });
  expect(turn.state.returns).toBe(1);
});

test.each<TurnEndReason>(['max_tokens', 'refusal'])('what ended by %s is not kept', async (reason) => {
  const { store, turn, run } = setUp();
  turn.say(...answer(['a'], usage, reason));
  expect((await gather(await run())).at(-1)).toEqual({ type: 'turn-end', reason });
  expect(store.answers.size).toBe(0);
});

test('who asks for what is being answered joins, early or late, and is told no usage', async () => {
  const { store, turn, run } = setUp();
  const [first, early] = await Promise.all([run(), run()]);
  expect([first.outcome, early.outcome]).toEqual(['miss', 'shared']);
  const events = answer(['a', 'b', 'c']);
  const gathering = [gather(first), gather(early)];
  turn.say(...events.slice(0, 3));
  await tick();
  const late = await run();
  expect(late.outcome).toBe('shared');
  gathering.push(gather(late));
  turn.say(...events.slice(3));
  expect(await Promise.all(gathering)).toEqual([events, answer(['a', 'b', 'c'], noUsage), answer(['a', 'b', 'c'], noUsage)]);
  expect([turn.state.starts, store.answers.size]).toEqual([1, 1]);
  expect((await run()).outcome).toBe('hit');
});

test('a turn runs as fast as its fastest reader, and no faster; a slow one loses nothing', async () => {
  const { turn, run } = setUp();
  turn.say(...answer(['a', 'b', 'c']));
  const fast = iteratorOf(await run());
  const slow = await run();
  await tick();
  expect(turn.state.starts).toBe(0);
  await fast.next();
  await fast.next();
  await tick();
  expect(turn.state.reads).toBe(2);
  for (let done = false; !done;) done = (await fast.next()).done === true;
  expect(await gather(slow)).toEqual(answer(['a', 'b', 'c'], noUsage));
});

test('who gets a turn of its own after all is told what it spends', async () => {
  const { turn, run } = setUp();
  const first = iteratorOf(await run());
  const second = await run();
  turn.say(answer([])[0]!);
  await first.next();
  await first.return!();
  turn.say(...answer(['mine']));
  expect([second.outcome, await gather(second)]).toEqual(['shared', answer(['mine'])]);
  expect(turn.state.starts).toBe(2);
});

test('who wants the first event before the one that opened the turn spends its tokens, and is told so', async () => {
  const { turn, run } = setUp();
  const [opened, quick] = [await run(), await run()];
  turn.say(...answer(['a']));
  expect(await gather(quick)).toEqual(answer(['a']));
  expect(await gather(opened)).toEqual(answer(['a'], noUsage));
});

test('who leaves, leaves alone; the last one stops the turn, and the next begins it anew', async () => {
  const { turn, run } = setUp();
  const leaving = [iteratorOf(await run()), iteratorOf(await run())];
  turn.say(...answer(['a']).slice(0, 2));
  for (const events of leaving) await events.next();
  await leaving[0]!.return!();
  expect([turn.state.signal.aborted, turn.state.returns]).toEqual([false, 0]);
  expect(await leaving[0]!.next()).toEqual({ done: true, value: undefined });
  expect((await leaving[1]!.next()).value).toEqual(text('a'));
  await leaving[1]!.return!();
  expect([turn.state.signal.aborted, turn.state.returns]).toEqual([true, 1]);
  const again = await run();
  turn.say(...answer(['b']));
  expect([again.outcome, await gather(again)]).toEqual(['miss', answer(['b'])]);
});

test('who aborts is told so at once, and the others go on without', async () => {
  const { store, turn, run } = setUp();
  const leaver = new AbortController();
  const other = new AbortController();
  const [first, second] = [await run(leaver.signal), await run(other.signal)];
  const failing = failureOf(gather(first));
  const going = gather(second);
  turn.say(...answer(['a']).slice(0, 2));
  await tick();
  const reason = new Error('gone');
  leaver.abort(reason);
  expect(await failing).toBe(reason);
  turn.say(...answer(['a']).slice(2));
  expect(await going).toEqual(answer(['a'], noUsage));
  expect([turn.state.signal.aborted, store.answers.size]).toEqual([false, 1]);
});

test('the last abort stops the turn with its reason, and its entry is gone at once, even if the turn does not stop', async () => {
  const { cache, turn, run } = setUp();
  const controller = new AbortController();
  let heard: AbortSignal | undefined;
  const deaf = (signal: AbortSignal): AsyncIterable<TurnEvent> => {
    heard = signal;
    return { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
  };
  const failing = failureOf(gather(await cache.run({ key: 'k', tenant: 't', wish: both, start: deaf, signal: controller.signal })));
  await tick();
  const reason = new Error('gone');
  controller.abort(reason);
  expect((await run()).outcome).toBe('miss');
  expect(await failing).toBe(reason);
  expect(heard?.reason).toBe(reason);
  expect(turn.state.starts).toBe(0);
});

test('an abort between two events is told by the next', async () => {
  const { turn, run } = setUp();
  const controller = new AbortController();
  const events = iteratorOf(await run(controller.signal));
  turn.say(...answer(['a']));
  await events.next();
  controller.abort(new Error('gone'));
  await expect(events.next()).rejects.toThrow('gone');
  await tick();
  expect([turn.state.signal.aborted, turn.state.returns]).toEqual([true, 1]);
  await expect(run(controller.signal)).rejects.toThrow('gone');
});

test('a failure is told to all, behind what came before it, and nothing is kept', async () => {
  const { store, turn, run } = setUp();
  const all = [await run(), await run(), await run()];
  const failure = new Error('broken');
  turn.say(...answer(['a']).slice(0, 2), failure);
  const seen: TurnEvent[] = [];
  const failing = all.map((each) =>
    failureOf(
      (async () => {
        for await (const event of each.events) if (event.type === 'text-delta') seen.push(event);
      })(),
    ),
  );
  for (const each of failing) expect(await each).toBe(failure);
  expect([seen.length, store.answers.size]).toEqual([3, 0]);
  expect((await run()).outcome).toBe('miss');
});

test('a turn that fails to start fails its reader', async () => {
  const { cache, run } = setUp();
  const start = () => {
    throw new Error('no start');
  };
  await expect(cache.run({ key: 'k', tenant: 't', wish: both, start, signal: never() }).then(gather)).rejects.toThrow('no start');
  expect((await run()).outcome).toBe('miss');
});

test('a miss that is never iterated runs nothing and keeps nobody waiting', async () => {
  const { turn, run } = setUp();
  const idle = await run();
  expect([idle.outcome, turn.state.starts]).toEqual(['miss', 0]);
  const other = iteratorOf(await run());
  turn.say(answer([])[0]!);
  await other.next();
  await other.return!();
  expect([turn.state.signal.aborted, turn.state.returns]).toEqual([true, 1]);
  turn.say(...answer(['late']));
  expect(await gather(idle)).toEqual(answer(['late']));
  expect(turn.state.starts).toBe(2);
});

test('leaving before the first event runs nothing, and the next is a miss', async () => {
  const { turn, run } = setUp();
  const events = iteratorOf(await run());
  await events.return!();
  expect(await events.next()).toEqual({ done: true, value: undefined });
  const controller = new AbortController();
  const aborted = await run(controller.signal);
  expect(aborted.outcome).toBe('miss');
  controller.abort(new Error('gone'));
  await expect(gather(aborted)).rejects.toThrow('gone');
  expect([(await run()).outcome, turn.state.starts]).toEqual(['miss', 0]);
});

test('a whole turn that is left at its end is put away, not aborted', async () => {
  const { turn, run } = setUp();
  turn.say(...answer(['a']));
  for await (const event of (await run()).events) if (event.type === 'turn-end') break;
  expect([turn.state.signal.aborted, turn.state.returns]).toEqual([false, 1]);
});

test('a turn whose end was told is not joined any more', async () => {
  const { turn, run } = setUp();
  turn.say(...answer(['a']));
  const events = iteratorOf(await run());
  for (let last: TurnEvent | undefined; last?.type !== 'turn-end';) last = (await events.next()).value;
  expect((await run()).outcome).toBe('hit');
  expect(await events.next()).toEqual({ done: true, value: undefined });
});

test('a turn that is left is stopped in order, and not kept even if it ends well then', async () => {
  const { store, cache } = setUp();
  const steps: string[] = [];
  const start = (signal: AbortSignal): AsyncIterable<TurnEvent> => ({
    [Symbol.asyncIterator]: () => ({
      async next() {
        if (steps.length === 0) {
          steps.push('begun');
          return { done: false, value: text('a') };
        }
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        await tick();
        steps.push('ended');
        return { done: false, value: { type: 'turn-end', reason: 'end_turn' } };
      },
      async return() {
        steps.push('put away');
        return { done: true, value: undefined };
      },
    }),
  });
  const events = iteratorOf(await cache.run({ key: 'k', tenant: 't', wish: both, start, signal: never() }));
  await events.next();
  const next = events.next();
  await tick();
  await events.return!();
  expect([await next, steps, store.answers.size]).toEqual([{ done: true, value: undefined }, ['begun', 'ended', 'put away'], 0]);
});

test('who wants a fresh answer neither joins nor is joined, and renews what is kept', async () => {
  const { store, cache, turn, run } = setUp();
  const waiting = await run();
  const own = createTurn();
  const bypass = await cache.run({ key: 'k', tenant: 't', wish: fresh, start: own.start, signal: never() });
  expect([waiting.outcome, bypass.outcome]).toEqual(['miss', 'bypass']);
  own.say(...answer(['new']));
  expect(await gather(bypass)).toEqual(answer(['new']));
  expect(store.answers.get('k')?.events).toContainEqual(text('new'));
  // The turn that can be joined still can be.
  expect((await run()).outcome).toBe('shared');
  await iteratorOf(waiting).return!();
  own.say(...answer(['newer']));
  await gather(await cache.run({ key: 'k', tenant: 't', wish: fresh, start: own.start, signal: never() }));
  expect((await gather(await run())).filter(({ type }) => type === 'text-delta')).toEqual([text('newer')]);
  expect(turn.state.starts).toBe(0);
});

test('a turn of one who wants a fresh answer is not joined', async () => {
  const { turn, run } = setUp();
  const events = iteratorOf(await run(never(), fresh));
  turn.say(...answer(['a']));
  await events.next();
  expect((await run()).outcome).toBe('miss');
  await events.return!();
});

test('an abort ends a replay', async () => {
  const { turn, run } = setUp();
  turn.say(...answer(['a']));
  await gather(await run());
  const controller = new AbortController();
  const events = iteratorOf(await run(controller.signal));
  await events.next();
  controller.abort(new Error('gone'));
  await expect(events.next()).rejects.toThrow('gone');
});

test('what takes no part is not kept, and runs by its own signal', async () => {
  const { store, turn, run } = setUp();
  const { signal } = new AbortController();
  const result = await run(signal, { read: false, write: false });
  expect([result.outcome, turn.state.starts]).toEqual(['bypass', 0]);
  turn.say(...answer(['a']));
  expect(await gather(result)).toEqual(answer(['a']));
  expect([store.answers.size, turn.state.signal === signal]).toEqual([0, true]);
});

test('a cache that fails is a miss, and its log says so', async () => {
  const warnings: [LogFields, string][] = [];
  const logger: Logger = { ...silentLogger, warn: (...warning) => void warnings.push(warning) };
  const broken: ResponseCache = { get: () => Promise.reject(new Error('get')), set: () => Promise.reject(new Error('set')) };
  const turn = createTurn();
  turn.say(...answer(['a']));
  const result = await createAnswerCache({ cache: broken, logger }).run({
    tenant: 't',
    key: 'k',
    wish: both,
    start: turn.start,
    signal: never(),
  });
  expect([result.outcome, await gather(result)]).toEqual(['miss', answer(['a'])]);
  expect(warnings.map(([fields]) => String(fields['error']))).toEqual(['Error: get', 'Error: set']);
});

test('no listener stays on the signal of a caller', async () => {
  const { turn, run } = setUp();
  const { signal } = new AbortController();
  let listeners = 0;
  const count = Object.assign(signal, {
    addEventListener: new Proxy(signal.addEventListener.bind(signal), {
      apply: (add, self, args) => (listeners++, Reflect.apply(add, self, args)),
    }),
    removeEventListener: new Proxy(signal.removeEventListener.bind(signal), {
      apply: (remove, self, args) => (listeners--, Reflect.apply(remove, self, args)),
    }),
  });
  const most: number[] = [];
  for (const last of [answer(['a'], usage, 'refusal'), [new Error('broken')]]) {
    turn.say(...last);
    const result = await run(count);
    most.push(listeners);
    await failureOf(gather(result));
    expect(listeners).toBe(0);
  }
  await iteratorOf(await run(count)).return!();
  expect([most, listeners]).toEqual([[1, 1], 0]);
});

test('whoever comes, reads, waits and leaves when: those who stay get the whole answer', async () => {
  const reader = fc.record({ after: fc.nat(6), leavesAt: fc.option(fc.nat(6), { nil: undefined }), aborts: fc.boolean(), pace: fc.nat(2) });
  await fc.assert(
    fc.asyncProperty(fc.array(reader, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(3), { maxLength: 6 }), async (readers, waits) => {
      const { cache, store } = setUp();
      let running = 0;
      const pause = async (steps: number): Promise<void> => {
        for (let step = 0; step < steps; step += 1) await Promise.resolve();
      };
      const pieces = waits.map((wait) => `<${wait}>`).concat('.');
      async function* start(signal: AbortSignal, begun: () => void): AsyncGenerator<TurnEvent, void, undefined> {
        begun();
        running += 1;
        try {
          for (const [index, event] of answer(pieces).entries()) {
            await pause(waits[index] ?? 0);
            signal.throwIfAborted();
            yield event;
          }
        } finally {
          running -= 1;
        }
      }
      const whole = pieces.join('');
      await Promise.all(
        readers.map(async ({ after, leavesAt, aborts, pace }) => {
          await pause(after * 5);
          const controller = new AbortController();
          let hasBegun = false;
          const own = (signal: AbortSignal) => start(signal, () => (hasBegun = true));
          const { events } = await cache.run({ key: 'k', tenant: 't', wish: both, start: own, signal: controller.signal });
          let said = '';
          let spent: unknown;
          let seen = 0;
          const reading = (async () => {
            for await (const event of events) {
              if (event.type === 'text-delta') said += event.text;
              if (event.type === 'usage') spent = event.usage;
              if (seen++ === leavesAt) {
                if (!aborts) return;
                controller.abort(new Error('gone'));
              }
              await pause(pace);
            }
          })();
          const failure = await failureOf(reading);
          if (leavesAt === undefined || leavesAt >= seen) expect([failure, said]).toEqual([undefined, whole]);
          else expect(failure instanceof Error).toBe(aborts);
          if (spent !== undefined) expect(spent).toEqual(hasBegun ? usage : noUsage);
        }),
      );
      await tick();
      expect(running).toBe(0);
      if (readers.some(({ leavesAt }) => leavesAt === undefined)) expect(store.answers.size).toBe(1);
    }),
    { numRuns: 60 },
  );
});

test('thirty thousand deltas for ten readers take no longer than they must', async () => {
  const { cache } = setUp();
  const events = answer(Array.from({ length: 30_000 }, () => 'x'));
  async function* start(): AsyncGenerator<TurnEvent, void, undefined> {
    yield* events;
  }
  const from = performance.now();
  const results = await Promise.all(
    Array.from({ length: 10 }, () => cache.run({ key: 'k', tenant: 't', wish: both, start, signal: never() })),
  );
  const lengths = (await Promise.all(results.map(gather))).map(({ length }) => length);
  expect(lengths).toEqual(lengths.map(() => events.length));
  expect(performance.now() - from).toBeLessThan(60_000);
});
