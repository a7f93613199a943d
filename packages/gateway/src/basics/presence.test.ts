import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createAnswerCache } from '../cache/create-answer-cache.ts';
import { createTurnLimiter } from '../engine/turn-limiter.ts';
import { createBodyBudget } from '../http/body/body-budget.ts';
import { createMemoryQuotaStore } from '../quotas/create-memory-quota-store.ts';
import { createQuotas } from '../quotas/create-quotas.ts';
import { createRedisQuotaStore } from '../stores/redis/create-redis-quota-store.ts';
import { silentLogger } from '../ports/logger.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import { noUsage } from '../turn/usage.ts';
import { createPresence } from './presence.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Runs what a request runs; what is given back ends it as a worker does: its timers never come, and it is told of nothing. */
function request<Value>(run: () => Value): { value: Value; stop: () => void } {
  const interval = vi.spyOn(globalThis, 'setInterval');
  const timeout = vi.spyOn(globalThis, 'setTimeout');
  const value = run();
  const timers = [interval, timeout].flatMap(({ mock }) => mock.results.map((result) => result.value as ReturnType<typeof setTimeout>));
  interval.mockRestore();
  timeout.mockRestore();
  return { value, stop: () => timers.forEach((timer) => clearTimeout(timer)) };
}

const halfMinute = (): Promise<unknown> => vi.advanceTimersByTimeAsync(30_000);
const stay = new AbortController().signal;

test('who is there stays, however long, and who leaves leaves nothing', async () => {
  const presence = createPresence();
  const gone = vi.fn();
  const [one, other] = [presence(), presence()];
  one.gone = gone;
  other.gone = gone;
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(gone).not.toHaveBeenCalled();
  one.leave();
  other.leave();
  other.leave();
  expect(vi.getTimerCount()).toBe(0);
});

test('nobody holds itself for gone, however late its own timer comes', async () => {
  const presence = createPresence();
  const [late, other] = [request(presence), presence()];
  const gone = vi.fn();
  late.value.gone = gone;
  late.stop();
  // It is looked for as often as it may be, by others; then its own timer comes after all, and that is the next look.
  const interval = vi.spyOn(globalThis, 'setInterval');
  const tardy = presence();
  const [tick] = interval.mock.calls.map(([act]) => act as () => void);
  clearInterval(interval.mock.results[0]?.value as ReturnType<typeof setInterval>);
  interval.mockRestore();
  tardy.gone = gone;
  const now = vi.spyOn(performance, 'now');
  const from = performance.now();
  for (let times = 1; times <= 3; times += 1) {
    now.mockReturnValue(from + times * 6000);
    presence().leave();
  }
  now.mockReturnValue(from + 4 * 6000);
  expect(gone).not.toHaveBeenCalled();
  tick?.();
  // The one that has no timer any more is gone; the tardy one is not.
  expect(gone).toHaveBeenCalledTimes(1);
  for (const each of [late.value, other, tardy]) each.leave();
});

test('when all have stood still for an hour, nobody is gone', async () => {
  const presence = createPresence();
  const all = Array.from({ length: 20 }, () => Object.assign(presence(), { gone: vi.fn() }));
  const now = vi.spyOn(performance, 'now');
  for (let times = 0; times < 5; times += 1) {
    now.mockReturnValue(times * 3_600_000);
    presence().leave();
    await vi.advanceTimersByTimeAsync(6000);
  }
  for (const present of all) expect(present.gone).not.toHaveBeenCalled();
});

test('a place of the queue is free again when its request is gone, and so is a place in it', async () => {
  const limiter = createTurnLimiter({ maxConcurrent: 1, maxQueued: 1, queueTimeoutMs: 60_000 });
  const running = request(() => limiter.acquire('a', stay));
  const waiting = request(() => limiter.acquire('a', stay));
  waiting.value.catch(() => {});
  running.stop();
  waiting.stop();
  await expect(limiter.acquire('b', stay)).rejects.toMatchObject({ status: 429 });
  // Others come meanwhile, and are refused at once.
  for (let times = 0; times < 10; times += 1) {
    await vi.advanceTimersByTimeAsync(6000);
    const entered = await limiter.acquire('b', stay).catch(() => undefined);
    entered?.();
  }
  expect(limiter.state()).toEqual({ running: 0, queued: 0 });
});

test('who waits for a place gets that of who is gone, also where nobody else comes, and keeps it', async () => {
  const limiter = createTurnLimiter({ maxConcurrent: 1, maxQueued: 5, queueTimeoutMs: 60_000 });
  request(() => limiter.acquire('a', stay)).stop();
  // It gets the place first, and is gone too.
  const gone = request(() => limiter.acquire('a', stay));
  gone.value.catch(() => {});
  gone.stop();
  const release = limiter.acquire('a', stay);
  await vi.advanceTimersByTimeAsync(59_000);
  (await release)();
  const kept = await limiter.acquire('a', stay);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(limiter.state()).toEqual({ running: 1, queued: 0 });
  kept();
  expect([limiter.state(), vi.getTimerCount()]).toEqual([{ running: 0, queued: 0 }, 0]);
});

test('the bytes of a request that is gone are free again', async () => {
  const budget = createBodyBudget({ maxBytes: 100, maxBytesPerTenant: 100 });
  request(() => budget('a').take(100)).stop();
  const held = budget('b');
  expect(() => held.take(1)).toThrow(expect.objectContaining({ status: 503 }));
  await halfMinute();
  held.take(100);
  held.release();
  held.take(100);
});

test.each([
  ['memory', createMemoryQuotaStore()],
  ['Redis, which does not answer any more', createRedisQuotaStore({ command: async () => 1, keyPrefix: 'test', logger: silentLogger })],
])('a turn at once of a caller is free again when its request is gone: %s', async (_, store) => {
  const quotas = createQuotas({ store });
  const caller = { tenant: 'a', limits: { concurrentTurns: 1 } };
  let begun: Promise<unknown> | undefined;
  const turn = request(() => (begun = quotas.beginTurn(caller, 'sonnet')));
  await begun;
  turn.stop();
  vi.clearAllTimers();
  await expect(quotas.beginTurn(caller, 'sonnet')).rejects.toMatchObject({ status: 429 });
  for (let times = 0; times < 5; times += 1) {
    await vi.advanceTimersByTimeAsync(6000);
    await quotas.beginTurn({ tenant: 'b', limits: { concurrentTurns: 1 } }, 'sonnet').then((allowed) => allowed.end({ usage: noUsage }));
  }
  const again = await quotas.beginTurn(caller, 'sonnet');
  await vi.advanceTimersByTimeAsync(600_000);
  await expect(quotas.beginTurn(caller, 'sonnet')).rejects.toMatchObject({ status: 429 });
  await again.end({ usage: noUsage });
  await (await quotas.beginTurn(caller, 'sonnet')).end({ usage: noUsage });
});

test('who waits for the answer that was begun for a request that is gone gets one of its own, and who has heard some of it an error', async () => {
  const answers = createAnswerCache({ cache: { get: async () => undefined, set: async () => {} }, logger: silentLogger });
  let begun = 0;
  async function* start(): AsyncGenerator<TurnEvent, void, undefined> {
    begun += 1;
    yield { type: 'turn-start', model: 'sonnet', usage: noUsage };
    if (begun === 1) await new Promise(() => {});
    yield { type: 'turn-end', reason: 'end_turn' };
  }
  const ask = async (): Promise<AsyncIterator<TurnEvent>> => {
    const run = { key: 'k', tenant: 'a', wish: { read: true, write: true }, start, signal: stay };
    return (await answers.run(run)).events[Symbol.asyncIterator]();
  };
  const [first, second, third] = [await ask(), await ask(), await ask()];
  let reading: Promise<unknown> | undefined;
  const gone = request(() => (reading = first.next()));
  await reading;
  first.next().catch(() => {});
  gone.stop();
  expect(await second.next()).toMatchObject({ value: { type: 'turn-start' } });
  const heard = second.next().catch((error: unknown) => error);
  // It joins once the first is gone, whose end nobody has noticed yet.
  vi.clearAllTimers();
  const more = await ask();
  let told: unknown;
  void (async () => {
    await third.next();
    told = await third.next().catch((error: unknown) => error);
  })();
  await vi.advanceTimersByTimeAsync(36_000);
  expect([await heard, told]).toMatchObject([{ status: 502 }, { status: 502 }]);
  const events: TurnEvent[] = [];
  for await (const event of { [Symbol.asyncIterator]: () => more }) events.push(event);
  expect(events.map(({ type }) => type)).toEqual(['turn-start', 'turn-end']);
});
