import { expect, test } from 'vitest';
import { toDuration } from './quota-errors.ts';

test.each([
  [0, '0ms'],
  [11.2, '12ms'],
  [999, '999ms'],
  [1000, '1s'],
  [1234, '1.3s'],
  [59_950, '60s'],
  [60_000, '1m0s'],
  [360_000, '6m0s'],
  [86_399_000, '23h59m59s'],
  [90_061_000, '25h1m1s'],
])('%d ms are %s', (ms, text) => {
  expect(toDuration(ms)).toBe(text);
});
