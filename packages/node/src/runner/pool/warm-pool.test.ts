import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CliProcessError } from '../process/cli-process-error.ts';
import type { CliProcess } from '../process/cli-process.ts';
import { createWarmPool, type WarmPool } from './warm-pool.ts';

interface FakeProcess extends CliProcess {
  /** Lets the priming succeed. */
  prime(): Promise<void>;
  refuse(): Promise<void>;
  end(): Promise<void>;
  readonly stop: ReturnType<typeof vi.fn<() => Promise<void>>>;
}

const pools: WarmPool[] = [];
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  for (const pool of pools.splice(0)) pool.close();
  vi.useRealTimers();
});

function createPool(minIdle: number, maxIdle: number) {
  const breaker = { circuit: 'closed' as 'closed' | 'open' | 'half-open', waitMs: 0 };
  const started: FakeProcess[] = [];
  const primings = new Map<CliProcess, PromiseWithResolvers>();
  const start = (): FakeProcess => {
    const ended = withResolvers();
    const priming = withResolvers();
    let failure: CliProcessError | undefined;
    const fake = {
      ended: ended.promise,
      get failure() {
        return failure;
      },
      async prime() {
        priming.resolve();
        await vi.advanceTimersByTimeAsync(0);
      },
      async refuse() {
        priming.reject(new CliProcessError('refused', 'no'));
        await vi.advanceTimersByTimeAsync(0);
      },
      async end() {
        failure = new CliProcessError('ended', 'gone');
        ended.resolve();
        await vi.advanceTimersByTimeAsync(0);
      },
      stop: vi.fn(async () => fake.end()),
    } as unknown as FakeProcess;
    primings.set(fake, priming);
    started.push(fake);
    return fake;
  };
  const warn = vi.fn();
  const logger = { debug: vi.fn(), info: vi.fn(), warn, error: vi.fn() };
  const load = { turns: 0 };
  const underWay = new Map<CliProcess, number>();
  const pool = createWarmPool({
    ...{ start, breaker, logger, minIdle, maxIdle, maxStarts: 1, underWay },
    prime: (cli) => primings.get(cli)!.promise,
    turns: () => load.turns,
  });
  pools.push(pool);
  return { pool, breaker, start, started, warn, load, underWay };
}

interface PromiseWithResolvers {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** `Promise.withResolvers` is newer than the oldest Node that is supported. */
function withResolvers(): PromiseWithResolvers {
  let resolve = (): void => {};
  let reject = (_error: Error): void => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}

test('keeps as many as it must, and hands out the one that is ready', async () => {
  const { pool, started } = createPool(2, 4);
  pool.refill();
  expect(pool.state()).toMatchObject({ idle: 0, starting: 2 });
  await started[1]!.prime();
  expect(pool.state()).toMatchObject({ idle: 1, starting: 1 });
  expect(pool.take()).toBe(started[1]);
  expect(started).toHaveLength(2);
});

test('does not start more than is missing', async () => {
  const { pool, started } = createPool(1, 4);
  pool.refill();
  pool.refill();
  await started[0]!.prime();
  pool.refill();
  expect(started).toHaveLength(1);
});

test('hands out one that starts rather than a newer one', () => {
  const { pool, started } = createPool(1, 4);
  pool.refill();
  expect(pool.take()).toBe(started[0]);
  expect(pool.state()).toMatchObject({ idle: 0, starting: 0 });
});

test('one that was taken while it started is not the pool’s to end', async () => {
  const { pool, started } = createPool(1, 4);
  pool.refill();
  pool.take();
  await started[0]!.refuse();
  expect(started[0]!.stop).not.toHaveBeenCalled();
  expect(pool.state()).toMatchObject({ idle: 0, problem: undefined });
});

test('one that was started for what comes before a turn waits for it though none is to, and ends after a second without', async () => {
  const { pool, started, start } = createPool(0, 0);
  pool.keep(start());
  await vi.advanceTimersByTimeAsync(900);
  expect(pool.state()).toMatchObject({ idle: 1, starting: 0 });
  expect(pool.take()).toBe(started[0]);
  pool.keep(start());
  await vi.advanceTimersByTimeAsync(900);
  expect(started[1]!.stop).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(200);
  expect(started[0]!.stop).not.toHaveBeenCalled();
  expect(started[1]!.stop).toHaveBeenCalled();
  expect(pool.state()).toMatchObject({ idle: 0, starting: 0 });
});

test('one that was started for what comes before a turn stays where one is to wait, and is given to nobody once it has ended', async () => {
  const { pool, started, start } = createPool(1, 1);
  pool.keep(start());
  pool.refill();
  await vi.advanceTimersByTimeAsync(5000);
  expect(started).toHaveLength(1);
  await started[0]!.end();
  expect(pool.take()).toBe(started[1]);
});

test('starts a new one when none waits, and keeps more after such a miss, up to its maximum', async () => {
  const { pool, started } = createPool(1, 3);
  for (let misses = 0; misses < 5; misses += 1) expect(pool.take()).toBe(started.at(-1));
  expect(started).toHaveLength(5);
  pool.refill();
  expect(pool.state().starting).toBe(3);
});

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

test('in calm times keeps fewer again, down to its minimum', async () => {
  const { pool, started } = createPool(1, 3);
  for (let misses = 0; misses < 5; misses += 1) pool.take();
  pool.refill();
  for (const fake of started) await fake.prime();
  expect(pool.state().idle).toBe(3);
  await vi.advanceTimersByTimeAsync(3 * hourMs);
  expect(pool.state().idle).toBe(3);
  await vi.advanceTimersByTimeAsync(hourMs);
  expect(pool.state().idle).toBe(1);
});

/** Has so many processes taken at once, and those that are then started ready. */
async function rush(pool: WarmPool, started: readonly FakeProcess[], size: number): Promise<number> {
  const before = started.length;
  for (let index = 0; index < size; index += 1) pool.take();
  const waited = started.length - before;
  pool.refill();
  for (const fake of started) await fake.prime();
  return waited;
}

test('follows what came at once: who asks for two at once again, after a while or others, waits for none', async () => {
  const { pool, started } = createPool(1, 4);
  pool.refill();
  await started[0]!.prime();
  expect(await rush(pool, started, 2)).toBe(1);
  await vi.advanceTimersByTimeAsync(hourMs);
  expect(await rush(pool, started, 2)).toBe(0);
  for (const size of [1, 2, ...Array.from({ length: 20 }, () => 1)]) {
    await vi.advanceTimersByTimeAsync(minuteMs);
    expect(await rush(pool, started, size)).toBe(0);
  }
  expect(pool.state().idle).toBe(1);
  // Each was taken, none was ended to keep fewer.
  expect(started.filter(({ stop }) => stop.mock.calls.length > 0)).toEqual([]);
});

test('learns how long it takes to replace one: where that is long, more wait', async () => {
  const { pool, started } = createPool(1, 4);
  pool.refill();
  await started[0]!.prime();
  for (let times = 0; times < 3; times += 1) {
    pool.take();
    pool.refill();
    await vi.advanceTimersByTimeAsync(3000);
    for (const fake of started) await fake.prime();
    await vi.advanceTimersByTimeAsync(2000);
  }
  expect(pool.state().idle).toBe(1);
  for (let times = 0; times < 3; times += 1) {
    pool.take();
    pool.refill();
    await vi.advanceTimersByTimeAsync(6000);
    for (const fake of started) await fake.prime();
  }
  expect(pool.state().idle).toBe(2);
});

test('while turns run it starts one after another, and none beside what other pools start', async () => {
  const { pool, started, load, underWay } = createPool(3, 3);
  load.turns = 1;
  pool.refill();
  expect(started).toHaveLength(1);
  await started[0]!.prime();
  expect(started).toHaveLength(2);
  underWay.set({ ...started[0]! }, 0);
  await started[1]!.prime();
  expect(pool.state()).toMatchObject({ idle: 2, starting: 0 });
  load.turns = 0;
  pool.refill();
  await started[2]!.prime();
  expect(pool.state()).toMatchObject({ idle: 3, starting: 0 });
  expect(underWay.size).toBe(1);
});

test('one that is taken while it starts, or fails to, is under way no more', async () => {
  const { pool, started, underWay } = createPool(2, 2);
  pool.refill();
  expect(pool.take()).toBe(started[0]);
  expect(underWay.size).toBe(1);
  await started[1]!.refuse();
  expect(underWay.size).toBe(0);
});

test('never hands out one that has ended', async () => {
  const { pool, started } = createPool(2, 2);
  pool.refill();
  for (const fake of [...started]) await fake.prime();
  await started[0]!.end();
  expect(pool.take()).toBe(started[1]);
});

test('replaces one that has ended', async () => {
  const { pool, started } = createPool(1, 1);
  pool.refill();
  await started[0]!.prime();
  await started[0]!.end();
  expect(pool.state().idle).toBe(0);
  await vi.advanceTimersByTimeAsync(300);
  expect(started).toHaveLength(2);
});

test('after a failure to start it pauses, and says what is wrong until one starts', async () => {
  const { pool, started, warn } = createPool(1, 1);
  pool.refill();
  await started[0]!.refuse();
  expect(started[0]!.stop).toHaveBeenCalledTimes(1);
  expect(pool.state().problem).toBe('no');
  await vi.advanceTimersByTimeAsync(999);
  expect(started).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  await started[1]!.prime();
  expect(pool.state()).toMatchObject({ idle: 1, problem: undefined });
  expect(warn).toHaveBeenCalledTimes(1);
});

test('while no process is to be started it starts none, and one when it is time, whoever needs it', async () => {
  const { pool, breaker, started } = createPool(2, 2);
  Object.assign(breaker, { circuit: 'open', waitMs: 5000 });
  pool.refill();
  await vi.advanceTimersByTimeAsync(4999);
  expect(started).toHaveLength(0);
  breaker.waitMs = 0;
  await vi.advanceTimersByTimeAsync(1);
  expect(started).toHaveLength(1);
  breaker.circuit = 'half-open';
  pool.refill();
  await vi.advanceTimersByTimeAsync(1000);
  expect(started).toHaveLength(1);
  breaker.circuit = 'closed';
  await started[0]!.prime();
  await vi.advanceTimersByTimeAsync(250);
  expect(started).toHaveLength(2);
});

test('a pool that keeps none tries for the others whether processes start, and keeps none', async () => {
  const { pool, breaker, started } = createPool(0, 0);
  pool.refill();
  expect(started).toHaveLength(0);
  breaker.circuit = 'open';
  pool.refill();
  expect(started).toHaveLength(1);
  breaker.circuit = 'closed';
  await started[0]!.prime();
  expect(pool.state()).toMatchObject({ idle: 0, starting: 0 });
  expect(started[0]!.stop).toHaveBeenCalledTimes(1);
});

test('starts nothing more once it is closed, and leaves no timer', async () => {
  const { pool, started } = createPool(1, 1);
  pool.refill();
  await started[0]!.prime();
  pool.close();
  await started[0]!.end();
  pool.refill();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(started).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});
