import { describe, expect, test } from 'vitest';
import { arrivalPatterns } from './arrival-patterns.ts';
import { simulatePool } from './simulate-pool.ts';
import { usualMachine } from './simulated-machine.ts';

/** That share of new conversations finds a process waiting, at least; the bounds are what today's rule reaches, less a little. */
const warmShares: Readonly<Record<keyof typeof arrivalPatterns, number>> = {
  'one person: an answer and its title, every few minutes, for 4 h': 0.97,
  'a few people, 6 a minute by chance, for 1 h': 0.98,
  'bursts of 4 every 2 min among single ones, for 2 h': 0.97,
  'an evening of pairs, a night of 9 h, a morning of pairs': 0.95,
  'a ramp from 1 a minute to 1.5 a second and back, 40 min': 0.92,
  // More than the machine can start.
  'a rush of 30 within 10 s, every 20 min, for 2 h': 0.22,
};

describe.each(Object.entries(arrivalPatterns))('%s', (name, arrivals) => {
  test('finds processes waiting, and costs about one start each', async () => {
    const { conversations, warmShare, startCpuSeconds } = await simulatePool(arrivals);
    expect(warmShare).toBeGreaterThanOrEqual(warmShares[name] ?? 1);
    const starts = startCpuSeconds / (usualMachine.startCpuMs / 1000);
    expect(starts).toBeLessThanOrEqual(conversations + 3 * usualMachine.maxIdle);
  });
});

test('on a machine that is twice as slow more wait, and nearly as many are found', async () => {
  const arrivals = arrivalPatterns['a few people, 6 a minute by chance, for 1 h'] ?? [];
  const usual = await simulatePool(arrivals);
  const slow = await simulatePool(arrivals, { startCpuMs: 4 * usualMachine.startCpuMs });
  expect(slow.meanIdle).toBeGreaterThan(usual.meanIdle);
  expect(slow.warmShare).toBeGreaterThan(0.95);
});

test('is the same each time, and leaves the clock as it was', async () => {
  const arrivals = arrivalPatterns['bursts of 4 every 2 min among single ones, for 2 h'] ?? [];
  const before = performance.now();
  expect(await simulatePool(arrivals)).toEqual(await simulatePool(arrivals));
  expect(performance.now()).toBeGreaterThan(before);
  await new Promise((resolve) => void setTimeout(resolve, 1));
});
