import { expect, test } from 'vitest';
import { createPriceList, listPrices, priceOf } from './model-prices.ts';
import { parseModels } from './parse-models.ts';

const listed = parseModels({
  models: [
    { value: 'opus', resolvedModel: 'claude-opus-5-5', description: 'Opus 5.5 · Best · $4/$20 per Mtok' },
    { value: 'sonnet', resolvedModel: 'claude-sonnet-5-5', description: 'Sonnet 5.5 · Efficient · $1.50/$7.5 per Mtok' },
    { value: 'claude-next-6', description: 'Next · $0.10/$0.50 per Mtok ($0.50/$2.50 for prompts over 100k)' },
    { value: 'claude-dear-6', description: 'Nobody knows' },
  ],
});
const listedPrice = createPriceList({ prices: { 'claude-opus-4-1': { input: 1, output: 2 } }, listed: () => listed });

test('a price that is given wins, with or without a date in the name', () => {
  expect(listedPrice('claude-opus-4-1')).toEqual({ input: 1, output: 2 });
  expect(listedPrice('claude-opus-4-1-20250805')).toEqual({ input: 1, output: 2 });
});

test('what the CLI says agrees with the list price, which says more', () => {
  expect(listedPrice('claude-opus-5-5')).toBe(listPrices['claude-opus-5-5']);
});

test('what the CLI says is newer than the list price', () => {
  expect(listedPrice('claude-sonnet-5-5')).toEqual({ input: 1.5, output: 7.5 });
});

test('a model of which only the CLI knows costs what the CLI says, and one of which nobody knows nothing', () => {
  expect(listedPrice('claude-next-6')).toEqual({ input: 0.1, output: 0.5 });
  expect(listedPrice('claude-dear-6')).toBeUndefined();
  expect(listedPrice('claude-other-6')).toBeUndefined();
});

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
