import { expect, test } from 'vitest';
import { isTooDeep } from './is-too-deep.ts';

const nested = (depth: number, open: string, close: string): unknown => JSON.parse(`${open.repeat(depth)}1${close.repeat(depth)}`);

test.each([
  ['lists', '[', ']'],
  ['objects', '{"a":', '}'],
])('%s are too deep from 257 levels on', (_, open, close) => {
  expect(isTooDeep(nested(256, open, close))).toBe(false);
  expect(isTooDeep(nested(257, open, close))).toBe(true);
  expect(isTooDeep(nested(50_000, open, close))).toBe(true);
});

test('what is wide is not deep', () => {
  expect(isTooDeep({ list: Array.from({ length: 20_000 }, () => [null, {}]) })).toBe(false);
  expect(isTooDeep('text')).toBe(false);
  expect(isTooDeep(null)).toBe(false);
});
