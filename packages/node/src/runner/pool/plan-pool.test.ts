import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createRefillSchedule, planPool, type PoolBounds, type PoolObservations } from './plan-pool.ts';

const hourMs = 3_600_000;
const now = 10 * hourMs;
const quiet: PoolObservations = {
  ...{ now, askedAt: [], replacedInMs: [], startsMs: [] },
  ...{ ready: 0, starting: 0, startingSince: [], turns: 0 },
};
const bounds: PoolBounds = { minIdle: 1, maxIdle: 4, maxStarts: 2 };

/** Times that are so long ago. */
const ago = (...milliseconds: number[]): number[] => milliseconds.map((each) => now - each);
const wantedFor = (observations: Partial<PoolObservations>): number => planPool({ ...quiet, ...observations }, bounds).wanted;
const startsFor = (observations: Partial<PoolObservations>): number => planPool({ ...quiet, ...observations }, bounds).starts;

describe('how many are to wait', () => {
  test('the least, as long as none was asked for, and where they come one by one', () => {
    expect(wantedFor({})).toBe(1);
    expect(wantedFor({ askedAt: ago(90_000, 60_000, 30_000), replacedInMs: [800, 800, 800] })).toBe(1);
    expect(planPool({ ...quiet, askedAt: ago(60_000) }, { ...bounds, minIdle: 0 }).wanted).toBe(1);
    expect(planPool(quiet, { ...bounds, minIdle: 0 }).wanted).toBe(0);
  });

  test('as many as came at once', () => {
    expect(wantedFor({ askedAt: ago(60_000, 60_000, 30_000), replacedInMs: [800] })).toBe(2);
    expect(wantedFor({ askedAt: ago(60_300, 60_200, 60_000, 30_000), replacedInMs: [800] })).toBe(3);
  });

  test('as many as come while one is replaced: the longer that takes, the more', () => {
    const askedAt = ago(10_000, 9000, 8000, 7000, 6000, 5000);
    expect([500, 1000, 2500, 60_000].map((each) => wantedFor({ askedAt, replacedInMs: [each] }))).toEqual([1, 2, 3, 4]);
    // It is what it takes now that counts.
    expect(wantedFor({ askedAt, replacedInMs: [2500, 500, 500, 500, 500] })).toBe(3);
    expect(wantedFor({ askedAt, replacedInMs: [2500, 500, 500, 500, 500, 500] })).toBe(1);
  });

  test('within the bounds', () => {
    const askedAt = ago(...Array.from({ length: 20 }, () => 1000));
    expect(wantedFor({ askedAt })).toBe(4);
    expect(planPool({ ...quiet, askedAt }, { ...bounds, maxIdle: 0, minIdle: 0 }).wanted).toBe(0);
  });

  test('what was asked for hours ago is forgotten', () => {
    const askedAt = ago(3 * hourMs, 3 * hourMs);
    expect(wantedFor({ askedAt })).toBe(2);
    expect(wantedFor({ askedAt, now: now + hourMs })).toBe(1);
  });
});

describe('how many are started now', () => {
  const askedAt = ago(1000, 1000, 1000, 1000);

  test('all that are missing when no turn runs', () => {
    expect(startsFor({ askedAt })).toBe(4);
    expect(startsFor({ askedAt, ready: 1, starting: 1, startingSince: ago(100) })).toBe(2);
    expect(startsFor({ askedAt, ready: 4 })).toBe(0);
    expect(startsFor({ askedAt, ready: 9 })).toBe(0);
  });

  test('a few at a time while turns run', () => {
    expect(startsFor({ askedAt, turns: 1 })).toBe(2);
    expect(startsFor({ askedAt, turns: 1, starting: 1, startingSince: ago(100) })).toBe(1);
    expect(planPool({ ...quiet, askedAt, turns: 1 }, { ...bounds, maxStarts: 0 }).starts).toBe(1);
  });

  test('one while turns wait for the CPU: when the last start was slow, or one that is under way is', () => {
    const slow = { askedAt, turns: 1, startsMs: [400, 450, 700] };
    expect(startsFor(slow)).toBe(1);
    expect(startsFor({ ...slow, startsMs: [...slow.startsMs, 500] })).toBe(2);
    expect(startsFor({ ...slow, starting: 1, startingSince: ago(100) })).toBe(0);
    expect(startsFor({ askedAt, turns: 1, startsMs: [400], starting: 1, startingSince: ago(500) })).toBe(1);
    expect(startsFor({ askedAt, turns: 1, startsMs: [400], starting: 1, startingSince: ago(700) })).toBe(0);
    expect(startsFor({ ...slow, turns: 0 })).toBe(4);
  });

  test('those that other pools start take of the room', () => {
    expect(startsFor({ askedAt, turns: 1, startingSince: ago(100, 50) })).toBe(0);
  });
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('refills right after a turn that was alone', () => {
  const refill = vi.fn();
  const end = createRefillSchedule(refill).begin();
  vi.advanceTimersByTime(400);
  expect(refill).not.toHaveBeenCalled();
  end();
  vi.advanceTimersByTime(0);
  expect(refill).toHaveBeenCalledTimes(1);
});

test('waits for the last of several turns', () => {
  const refill = vi.fn();
  const schedule = createRefillSchedule(refill);
  const ends = [schedule.begin(), schedule.begin()];
  ends[0]?.();
  vi.advanceTimersByTime(300);
  expect(refill).not.toHaveBeenCalled();
  ends[1]?.();
  vi.advanceTimersByTime(0);
  expect(refill).toHaveBeenCalledTimes(1);
});

test('does not wait longer than half a second, however busy it is', () => {
  const refill = vi.fn();
  const schedule = createRefillSchedule(refill);
  schedule.begin();
  for (let elapsed = 0; elapsed < 400; elapsed += 100) {
    vi.advanceTimersByTime(100);
    schedule.begin();
  }
  expect(refill).not.toHaveBeenCalled();
  vi.advanceTimersByTime(100);
  expect(refill).toHaveBeenCalledTimes(1);
});

test('does nothing once it is closed', () => {
  const refill = vi.fn();
  const schedule = createRefillSchedule(refill);
  schedule.begin();
  schedule.close();
  vi.advanceTimersByTime(10_000);
  expect(refill).not.toHaveBeenCalled();
});
