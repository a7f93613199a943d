import { expect, test } from 'vitest';
import { listPrices } from './list-prices.ts';
import { priceOf } from './price-of.ts';

test.each([
  ['claude-opus-4-1-20250805', 'claude-opus-4-1'],
  ['claude-sonnet-4-20250514', 'claude-sonnet-4'],
  ['claude-3-5-haiku-20241022', 'claude-3-5-haiku'],
  ['claude-3-5-haiku-latest', 'claude-3-5-haiku'],
  ['claude-haiku-5-5', 'claude-haiku-5-5'],
  ['claude-opus-5-5[1m]', 'claude-opus-5-5'],
  ['us.anthropic.claude-haiku-4-5-20251001-v1:0', 'claude-haiku-4-5'],
  ['claude-opus-4-5@20251101', 'claude-opus-4-5'],
  ['us/anthropic.claude-opus-5-5', 'claude-opus-5-5'],
])('%s costs what %s costs', (model, name) => {
  expect(priceOf(model, listPrices)).toBe(listPrices[name]);
});

test.each([
  'claude-opus-6',
  'claude-opus-5-50',
  'claude-opus',
  'gpt-5',
  '',
  'claude-constructor',
  'constructor',
  'not-claude-opus-5-5-mini',
])('the price of %j is not known', (model) => {
  expect(priceOf(model, listPrices)).toBeUndefined();
});

test('a name that is given whole wins over one without its date', () => {
  const prices = { 'claude-x-5': { input: 1, output: 2 }, 'claude-x-5-20260101': { input: 3, output: 4 }, other: { input: 5, output: 6 } };
  expect(priceOf('claude-x-5-20260101', prices)?.input).toBe(3);
  expect(priceOf('claude-x-5-20260202', prices)?.input).toBe(1);
  expect(priceOf('other', prices)?.input).toBe(5);
});
