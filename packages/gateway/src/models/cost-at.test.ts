import { expect, test } from 'vitest';
import { noUsage } from '../turn/usage.ts';
import { costAt } from './cost-of.ts';

const models = async () => [
  { id: 'sonnet', resolvedId: 'claude-sonnet-5-5', displayName: '', prices: { input: 2, output: 10 } },
  { id: 'own', resolvedId: 'own', displayName: '' },
];
const usage = { ...noUsage, inputTokens: 1_000_000, outputTokens: 100_000 };

test.each([
  ['sonnet', 3],
  ['claude-sonnet-5-5', 3],
  ['own', undefined],
  ['unheard-of', undefined],
])('by the prices of the models that are listed: %s', async (model, cost) => {
  expect(await costAt({ models }, model, usage)).toBe(cost);
});

test('what the runner reckons itself goes before them, where it does', async () => {
  const runner = { models, costOf: (model: string) => (model === 'sonnet' ? undefined : 7) };
  expect(await costAt(runner, 'claude-sonnet-5-5', usage)).toBe(7);
  expect(await costAt(runner, 'unheard-of', usage)).toBe(7);
  expect(await costAt(runner, 'sonnet', usage)).toBe(3);
});
