import { expect, test } from 'vitest';
import { createSteadyClock } from './steady-clock.ts';

function createClock() {
  const time = { unixMs: 1_700_000_000_400, monotonicMs: 5000 };
  const clock = createSteadyClock({ now: () => time.unixMs, monotonicMs: () => time.monotonicMs });
  const pass = (ms: number): void => {
    time.unixMs += ms;
    time.monotonicMs += ms;
  };
  return { time, clock, pass };
}

test('what was told of a time stays, however the clocks drift', () => {
  const { time, clock, pass } = createClock();
  pass(60_000);
  expect(clock.elapsedMs()).toBe(60_000);
  expect(clock.toUnixSeconds(0)).toBe(1_700_000_000);
  time.unixMs += 600;
  expect(clock.toUnixSeconds(0)).toBe(1_700_000_000);
  expect(clock.toUnixSeconds(60_000)).toBe(1_700_000_060);
});

test.each([86_400_000, -86_400_000])('when the clock is set by %d ms, all times move along', (jumpMs) => {
  const { time, clock, pass } = createClock();
  pass(60_000);
  time.unixMs += jumpMs;
  expect(clock.elapsedMs()).toBe(60_000);
  expect(clock.toUnixSeconds(0)).toBe(1_700_000_000 + jumpMs / 1000);
  expect(clock.toUnixSeconds(60_000)).toBe(1_700_000_060 + jumpMs / 1000);
});
