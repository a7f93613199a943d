import { expect, test } from 'vitest';
import { toSafeNames } from './safe-names.ts';

const properties = (length: number, nameOf: (index: number) => string): object =>
  Object.fromEntries(Array.from({ length }, (_, index) => [nameOf(index), {}]));

test('names that look the same then are told apart, and none is one that was given', () => {
  const safe = toSafeNames({ properties: { 'a b': {}, 'a.b': {}, 'a/b': {}, a_b: {}, a_b_3: {}, 'a:b': {} } })?.safe;
  expect([...(safe ?? [])]).toEqual([
    ['a b', 'a_b_2'],
    ['a/b', 'a_b_4'],
    ['a:b', 'a_b_5'],
  ]);
});

test.each([
  ['that differ', (index: number) => `a b${index}`],
  ['that look the same', (index: number) => `${'é'.repeat(56)}${index}`],
])('60,000 names %s are given others in time in proportion', (_, nameOf) => {
  const startedAt = performance.now();
  expect(new Set(toSafeNames({ properties: properties(60_000, nameOf) })?.safe.values()).size).toBe(60_000);
  expect(performance.now() - startedAt).toBeLessThan(60_000);
});
