import { afterEach, expect, test, vi } from 'vitest';
import { countTurns } from './count-turns.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test('a turn is waited for until it ends, or its request is gone without a word; once', async () => {
  vi.useFakeTimers();
  const turns = countTurns();
  const ended: string[] = [];
  const interval = vi.spyOn(globalThis, 'setInterval');
  const lost = turns.begin(() => void ended.push('lost'));
  // As a worker ends a request whose caller has left: nothing of it runs any more.
  for (const { value } of interval.mock.results) clearInterval(value as ReturnType<typeof setInterval>);
  const long = turns.begin(() => void ended.push('long'));
  const short = turns.begin(() => void ended.push('short'));
  expect(turns.told()).toEqual({ begun: 3, waitedFor: [1, 2, 3] });
  short.end();
  short.end();
  await vi.advanceTimersByTimeAsync(30_000);
  expect([turns.told(), ended]).toEqual([{ begun: 3, waitedFor: [2] }, ['short', 'lost']]);
  await vi.advanceTimersByTimeAsync(3_600_000);
  lost.end();
  long.end();
  expect([turns.told(), ended]).toEqual([{ begun: 3, waitedFor: [] }, ['short', 'lost', 'long']]);
  expect(vi.getTimerCount()).toBe(0);
});
