import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GatewayError } from '../gateway-error.ts';
import { createTurnLimiter } from './turn-limiter.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const limiter = (maxConcurrent: number, maxQueued: number) => createTurnLimiter({ maxConcurrent, maxQueued, queueTimeoutMs: 60_000 });
const stay = new AbortController().signal;
const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

test('admits as many as it may, and the others in order of arrival as places become free', async () => {
  const turns = limiter(2, 10);
  const admitted: number[] = [];
  const releases: (() => void)[] = [];
  const enter = async (index: number): Promise<void> => {
    const release = await turns.acquire(stay);
    admitted.push(index);
    releases.push(release);
  };
  for (let index = 0; index < 5; index += 1) void enter(index);
  await settle();
  expect(admitted).toEqual([0, 1]);
  expect(turns.state()).toEqual({ running: 2, queued: 3 });
  releases[1]?.();
  await settle();
  expect(admitted).toEqual([0, 1, 2]);
  releases[0]?.();
  releases[2]?.();
  await settle();
  expect(admitted).toEqual([0, 1, 2, 3, 4]);
  expect(turns.state()).toEqual({ running: 2, queued: 0 });
});

test('a place that is given back twice is one place', async () => {
  const turns = limiter(1, 10);
  const release = await turns.acquire(stay);
  release();
  release();
  await turns.acquire(stay);
  expect(turns.state().running).toBe(1);
  release();
  expect(turns.state().running).toBe(1);
});

test('refuses whoever finds the queue full, at once', async () => {
  const turns = limiter(1, 1);
  await turns.acquire(stay);
  void turns.acquire(stay);
  await expect(turns.acquire(stay)).rejects.toMatchObject({
    status: 429,
    type: 'requests',
    code: 'rate_limit_exceeded',
    retryAfterSeconds: 6,
  });
  await expect(turns.acquire(stay)).rejects.toBeInstanceOf(GatewayError);
  expect(turns.state()).toEqual({ running: 1, queued: 1 });
});

test('without a queue it still admits', async () => {
  const turns = limiter(1, 0);
  const release = await turns.acquire(stay);
  await expect(turns.acquire(stay)).rejects.toMatchObject({ status: 429 });
  release();
  await turns.acquire(stay);
});

test('too long a wait is a 429, and frees the place in the queue', async () => {
  const turns = limiter(1, 1);
  await turns.acquire(stay);
  const waiting = failureOf(turns.acquire(stay));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await waiting).toMatchObject({ status: 429, message: expect.stringContaining('60 seconds') });
  expect(turns.state()).toEqual({ running: 1, queued: 0 });
});

test('whoever leaves the queue frees the place at once, and is not admitted later', async () => {
  const turns = limiter(1, 1);
  const release = await turns.acquire(stay);
  const leaver = new AbortController();
  const reason = new Error('gone');
  const left = failureOf(turns.acquire(leaver.signal));
  leaver.abort(reason);
  expect(turns.state().queued).toBe(0);
  expect(await left).toBe(reason);
  release();
  expect(turns.state()).toEqual({ running: 0, queued: 0 });
  expect(vi.getTimerCount()).toBe(0);
});

test('whoever has left already is not admitted', async () => {
  const turns = limiter(1, 1);
  const reason = new Error('gone');
  await expect(turns.acquire(AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(turns.state()).toEqual({ running: 0, queued: 0 });
});

test('leaves no timer and no listener once everyone is through', async () => {
  const turns = limiter(1, 5);
  const signal = new AbortController().signal;
  const removed = vi.spyOn(signal, 'removeEventListener');
  const release = await turns.acquire(signal);
  const second = turns.acquire(signal);
  release();
  (await second)();
  expect(vi.getTimerCount()).toBe(0);
  expect(removed).toHaveBeenCalledTimes(1);
});
