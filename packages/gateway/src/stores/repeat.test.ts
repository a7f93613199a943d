import { afterEach, expect, test, vi } from 'vitest';
import { renewUntilReleased } from './repeat.ts';

afterEach(() => void vi.useRealTimers());

test('it is given back once, when all renewals have ended, and not renewed after that', async () => {
  vi.useFakeTimers();
  const renewals: (() => void)[] = [];
  let released = 0;
  const giveBack = renewUntilReleased(
    1000,
    () => new Promise<void>((resolve) => void renewals.push(resolve)),
    async () => void (released += 1),
  );
  await vi.advanceTimersByTimeAsync(2000);
  const giving = giveBack();
  renewals[1]?.();
  await vi.advanceTimersByTimeAsync(5000);
  expect([renewals.length, released]).toEqual([2, 0]);
  renewals[0]?.();
  await Promise.all([giving, giveBack()]);
  expect(released).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});
