import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { toBuckets, quantile } from './percentiles.ts';
import { latencyBounds } from './instruments.ts';

async function bucketsOf(values: readonly number[]) {
  const histogram = new Histogram({ name: 'x', help: 'x', buckets: [...latencyBounds], registers: [new Registry()] });
  for (const value of values) histogram.observe(value);
  return toBuckets((await histogram.get()).values);
}

test('the buckets reach from 1 ms to 10 minutes, each at most 1.6 times as wide as the one before', () => {
  expect(latencyBounds).toHaveLength(30);
  expect(latencyBounds.slice(0, 6)).toEqual([0.001, 0.0016, 0.0025, 0.004, 0.0063, 0.01]);
  expect(latencyBounds.at(-1)).toBe(630);
  for (const [at, bound] of latencyBounds.slice(1).entries()) expect(bound / latencyBounds[at]!).toBeLessThan(1.61);
});

test('a quantile is in the bucket of the exact one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.double({ min: 0, max: 600, noNaN: true }), { minLength: 1, maxLength: 200 }),
      fc.constantFrom(0.5, 0.9, 0.99),
      async (values, share) => {
        const sorted = values.toSorted((one, other) => one - other);
        const exact = sorted[Math.ceil(share * sorted.length) - 1]!;
        const at = latencyBounds.findIndex((bound) => exact <= bound);
        const estimate = quantile(await bucketsOf(values), share)!;
        expect(estimate).toBeGreaterThanOrEqual(latencyBounds[at - 1] ?? 0);
        expect(estimate).toBeLessThanOrEqual(latencyBounds[at]!);
      },
    ),
  );
});

test.each<[string, number, number, number | null]>([
  ['half way through the first bucket', 10, 0.25, 0.5],
  ['the end of the first bucket', 10, 0.5, 1],
  ['inside the second one', 10, 0.75, 2],
  ['what lies beyond all bounds', 10, 0.95, 3],
  ['nothing', 0, 0.5, null],
])('it is spread evenly over a bucket: %s', (_, total, share, expected) => {
  const buckets = [
    { upperBound: 1, count: total * 0.5 },
    { upperBound: 3, count: total },
    { upperBound: Infinity, count: share > 0.9 ? total * 2 : total },
  ];
  expect(quantile(buckets, share)).toBe(expected);
});

test('empty buckets between are passed over', () => {
  const buckets = [
    { upperBound: 1, count: 0 },
    { upperBound: 2, count: 0 },
    { upperBound: 4, count: 2 },
    { upperBound: Infinity, count: 2 },
  ];
  expect(quantile(buckets, 0.5)).toBe(3);
});
