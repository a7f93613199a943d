import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRefillSchedule } from './refill-schedule.ts';

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
