import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCircuitBreaker } from './circuit-breaker.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp() {
  const log: string[] = [];
  const note = (_: object, message: string): void => void log.push(message);
  const breaker = createCircuitBreaker({ logger: { debug: note, info: note, warn: note, error: note } });
  const fail = (times: number): void => {
    for (let count = 0; count < times; count += 1) breaker.enter().failed('no libc');
  };
  return { breaker, log, fail };
}

test('opens after five failures in a row, and refuses with the time until the next try', () => {
  const { breaker, log, fail } = setUp();
  fail(4);
  expect(breaker.circuit).toBe('closed');
  fail(1);
  expect(breaker.circuit).toBe('open');
  expect(() => breaker.enter()).toThrow(expect.objectContaining({ status: 503, code: 'claude_unavailable', retryAfterSeconds: 1 }));
  expect(log).toHaveLength(1);
});

test('a process that comes up in between starts the count anew', () => {
  const { breaker, fail } = setUp();
  fail(4);
  breaker.enter().succeeded();
  fail(4);
  expect(breaker.circuit).toBe('closed');
});

test('after the pause lets one start through, and no other until that is known', () => {
  const { breaker, log, fail } = setUp();
  fail(5);
  vi.advanceTimersByTime(999);
  expect(() => breaker.enter()).toThrow();
  vi.advanceTimersByTime(1);
  expect(breaker.waitMs).toBe(0);
  const trial = breaker.enter();
  expect(breaker.circuit).toBe('half-open');
  expect(() => breaker.enter()).toThrow();
  trial.succeeded();
  expect(breaker.circuit).toBe('closed');
  breaker.enter();
  expect(log).toHaveLength(2);
});

test('pauses twice as long after each trial that fails, half a minute at most, and briefly again later', () => {
  const { breaker, fail } = setUp();
  fail(5);
  const pauses = [1, 2, 3, 4, 5, 6, 7].map(() => {
    const { waitMs } = breaker;
    vi.advanceTimersByTime(waitMs);
    fail(1);
    return waitMs;
  });
  expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  vi.advanceTimersByTime(30_000);
  breaker.enter().succeeded();
  fail(5);
  expect(breaker.waitMs).toBe(1000);
});

test('a trial that nobody waits for any more makes room for the next', () => {
  const { breaker, fail } = setUp();
  fail(5);
  vi.advanceTimersByTime(1000);
  breaker.enter().abandoned();
  expect(breaker.circuit).toBe('open');
  breaker.enter().succeeded();
  expect(breaker.circuit).toBe('closed');
});

test('starts that fail together open it once, and one of them that comes up after all closes it', () => {
  const { breaker, log } = setUp();
  const starts = Array.from({ length: 10 }, () => breaker.enter());
  starts.slice(0, 9).forEach((start) => start.failed('no memory'));
  expect(breaker.waitMs).toBe(1000);
  expect(log).toHaveLength(1);
  starts[9]?.succeeded();
  starts[0]?.failed('again');
  expect(breaker.circuit).toBe('closed');
});
