import { expect, test } from 'vitest';
import { createPriceList } from './create-price-list.ts';
import { listPrices } from './list-prices.ts';
import { parseModels } from './parse-models.ts';

const listed = parseModels({
  models: [
    { value: 'opus', resolvedModel: 'claude-opus-5-5', description: 'Opus 5.5 · Best · $4/$20 per Mtok' },
    { value: 'sonnet', resolvedModel: 'claude-sonnet-5-5', description: 'Sonnet 5.5 · Efficient · $1.50/$7.5 per Mtok' },
    { value: 'claude-next-6', description: 'Next · $0.10/$0.50 per Mtok ($0.50/$2.50 for prompts over 100k)' },
    { value: 'claude-dear-6', description: 'Nobody knows' },
  ],
});
const priceOf = createPriceList({ prices: { 'claude-opus-4-1': { input: 1, output: 2 } }, listed: () => listed });

test('a price that is given wins, with or without a date in the name', () => {
  expect(priceOf('claude-opus-4-1')).toEqual({ input: 1, output: 2 });
  expect(priceOf('claude-opus-4-1-20250805')).toEqual({ input: 1, output: 2 });
});

test('what the CLI says agrees with the list price, which says more', () => {
  expect(priceOf('claude-opus-5-5')).toBe(listPrices['claude-opus-5-5']);
});

test('what the CLI says is newer than the list price', () => {
  expect(priceOf('claude-sonnet-5-5')).toEqual({ input: 1.5, output: 7.5 });
});

test('a model of which only the CLI knows costs what the CLI says, and one of which nobody knows nothing', () => {
  expect(priceOf('claude-next-6')).toEqual({ input: 0.1, output: 0.5 });
  expect(priceOf('claude-dear-6')).toBeUndefined();
  expect(priceOf('claude-other-6')).toBeUndefined();
});
