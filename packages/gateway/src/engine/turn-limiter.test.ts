import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { GatewayError } from '../gateway-error.ts';
import { createTurnLimiter, type TurnLimiter } from './turn-limiter.ts';

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
    const release = await turns.acquire('a', stay);
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
  const release = await turns.acquire('a', stay);
  release();
  release();
  await turns.acquire('a', stay);
  expect(turns.state().running).toBe(1);
  release();
  expect(turns.state().running).toBe(1);
});

test('refuses whoever finds the queue full, at once', async () => {
  const turns = limiter(1, 1);
  await turns.acquire('a', stay);
  void turns.acquire('a', stay);
  await expect(turns.acquire('a', stay)).rejects.toMatchObject({
    status: 429,
    code: 'rate_limit_exceeded',
    retryAfterSeconds: 6,
  });
  await expect(turns.acquire('a', stay)).rejects.toBeInstanceOf(GatewayError);
  expect(turns.state()).toEqual({ running: 1, queued: 1 });
});

test('without a queue it still admits', async () => {
  const turns = limiter(1, 0);
  const release = await turns.acquire('a', stay);
  await expect(turns.acquire('a', stay)).rejects.toMatchObject({ status: 429 });
  release();
  await turns.acquire('a', stay);
});

test('too long a wait is a 429, and frees the place in the queue', async () => {
  const turns = limiter(1, 1);
  await turns.acquire('a', stay);
  const waiting = failureOf(turns.acquire('a', stay));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await waiting).toMatchObject({ status: 429, message: expect.stringContaining('60 seconds') });
  expect(turns.state()).toEqual({ running: 1, queued: 0 });
});

test('whoever leaves the queue frees the place at once, and is not admitted later', async () => {
  const turns = limiter(1, 1);
  const release = await turns.acquire('a', stay);
  const leaver = new AbortController();
  const reason = new Error('gone');
  const left = failureOf(turns.acquire('a', leaver.signal));
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
  await expect(turns.acquire('a', AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(turns.state()).toEqual({ running: 0, queued: 0 });
});

test('leaves no timer and no listener once everyone is through', async () => {
  const turns = limiter(1, 5);
  const signal = new AbortController().signal;
  const removed = vi.spyOn(signal, 'removeEventListener');
  const release = await turns.acquire('a', signal);
  const second = turns.acquire('a', signal);
  release();
  (await second)();
  expect(vi.getTimerCount()).toBe(0);
  expect(removed).toHaveBeenCalledTimes(1);
});

test('who has been admitted is not refused later, where their timer could not be cleared, as on workers', async () => {
  const turns = limiter(1, 5);
  const release = await turns.acquire('a', stay);
  const waiting = turns.acquire('a', stay);
  const clear = vi.spyOn(globalThis, 'clearTimeout').mockReturnValue();
  release();
  clear.mockRestore();
  const releaseNext = await waiting;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(turns.state()).toEqual({ running: 1, queued: 0 });
  // It still says that it is there, and would be missed.
  expect(vi.getTimerCount()).toBe(1);
  releaseNext();
  expect([turns.state(), vi.getTimerCount()]).toEqual([{ running: 0, queued: 0 }, 0]);
});

describe('among tenants', () => {
  /** Has tenants ask in this order, and tells in which they are admitted, one place being given back at a time. */
  async function admissions(turns: TurnLimiter, asked: string): Promise<string> {
    let admitted = '';
    const releases: (() => void)[] = [];
    const enter = async (tenant: string): Promise<void> => {
      const release = await turns.acquire(tenant, stay);
      admitted += tenant;
      releases.push(release);
    };
    for (const tenant of asked) void enter(tenant);
    await settle();
    while (releases.length > 0) {
      releases.shift()?.();
      await settle();
    }
    return admitted;
  }

  test('those who wait are served in turn, however many of one came first', async () => {
    expect(await admissions(limiter(1, 100), 'aaaaabbc')).toBe('aabcabaa');
  });

  test('a free place goes to who has the fewest running', async () => {
    expect(await admissions(limiter(3, 100), 'aaaaabb')).toBe('aaababa');
  });

  test('one who fills the queue makes room for another, and the last of it is refused', async () => {
    const turns = limiter(1, 3);
    const release = await turns.acquire('a', stay);
    const waiting = ['first', 'second', 'third'].map((name) => failureOf(turns.acquire('a', stay)).then((error) => [name, error]));
    void turns.acquire('b', stay);
    expect(await waiting[2]).toMatchObject(['third', { status: 429, code: 'rate_limit_exceeded' }]);
    expect(turns.state()).toEqual({ running: 1, queued: 3 });
    release();
    await settle();
    expect(turns.state()).toEqual({ running: 1, queued: 2 });
  });

  test('who has as many waiting as any other makes nobody leave', async () => {
    const turns = limiter(1, 2);
    await turns.acquire('a', stay);
    void turns.acquire('a', stay);
    void turns.acquire('b', stay);
    await expect(turns.acquire('b', stay)).rejects.toMatchObject({ status: 429 });
    await expect(turns.acquire('c', stay)).rejects.toMatchObject({ status: 429 });
    await expect(turns.acquire('a', stay)).rejects.toMatchObject({ status: 429 });
    expect(turns.state()).toEqual({ running: 1, queued: 2 });
  });
});

test('a tenant that has as many as it may waits, while others take what is free', async () => {
  const turns = createTurnLimiter({ maxConcurrent: 4, maxQueued: 10, queueTimeoutMs: 60_000, maxPerTenant: 2 });
  const first = await turns.acquire('a', stay);
  await turns.acquire('a', stay);
  let third: (() => void) | undefined;
  void turns.acquire('a', stay).then((release) => (third = release));
  await settle();
  expect(third).toBeUndefined();
  const other = await turns.acquire('b', stay);
  await turns.acquire('c', stay);
  expect(turns.state()).toEqual({ running: 4, queued: 1 });
  // What another gives back is not for it.
  other();
  await settle();
  expect(third).toBeUndefined();
  await turns.acquire('b', stay);
  first();
  await settle();
  expect(third).toBeDefined();
  expect(turns.state()).toEqual({ running: 4, queued: 0 });
});

test('a number of its own goes before that of all tenants', async () => {
  const turns = createTurnLimiter({ maxConcurrent: 4, maxQueued: 0, queueTimeoutMs: 60_000, maxPerTenant: 2 });
  for (let index = 0; index < 4; index += 1) await turns.acquire('a', stay, 4);
  await expect(turns.acquire('b', stay)).rejects.toMatchObject({ status: 429 });
});

describe('the patient', () => {
  test('wait as long as it takes, take no room of others, and come behind those of their tenant who do not', async () => {
    const turns = limiter(1, 1);
    const release = await turns.acquire('a', stay);
    const admitted: string[] = [];
    const enter = async (name: string, isPatient: boolean): Promise<void> => {
      const leave = await turns.acquire('a', stay, undefined, isPatient);
      admitted.push(name);
      await settle();
      leave();
    };
    const all = [enter('patient 1', true), enter('patient 2', true), enter('patient 3', true)];
    await vi.advanceTimersByTimeAsync(600_000);
    all.push(enter('other', false));
    expect(turns.state()).toEqual({ running: 1, queued: 4 });
    await expect(turns.acquire('a', stay)).rejects.toMatchObject({ status: 429, message: expect.stringContaining(' 1 are waiting') });
    release();
    await vi.advanceTimersByTimeAsync(10);
    await Promise.all(all);
    expect(admitted).toEqual(['other', 'patient 1', 'patient 2', 'patient 3']);
    expect(turns.state()).toEqual({ running: 0, queued: 0 });
  });

  test('are never made to leave for others, and can be stopped', async () => {
    const turns = limiter(1, 1);
    await turns.acquire('a', stay);
    const stopping = new AbortController();
    const waiting = [0, 1, 2].map(() => failureOf(turns.acquire('a', stopping.signal, undefined, true)));
    void turns.acquire('b', stay);
    await expect(turns.acquire('c', stay)).rejects.toMatchObject({ status: 429 });
    expect(turns.state()).toEqual({ running: 1, queued: 4 });
    const reason = new Error('stopped');
    stopping.abort(reason);
    expect(await Promise.all(waiting)).toEqual([reason, reason, reason]);
    expect(turns.state()).toEqual({ running: 1, queued: 1 });
  });
});
