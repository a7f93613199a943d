import { expect, test } from 'vitest';
import { compareVersions } from './cli-version.ts';

test.each([
  ['2.1.330', '2.1.330', 0],
  ['2.1.99', '2.1.330', -1],
  ['2.1.330', '2.1.99', 1],
  ['2.10.0', '2.9.9', 1],
  ['3.0.0', '2.99.999', 1],
  ['2.1', '2.1.0', 0],
  ['2.1', '2.1.1', -1],
])('compares %s with %s by numbers', (one, other, sign) => {
  expect(Math.sign(compareVersions(one, other))).toBe(sign);
});
