import { expect, test } from 'vitest';
import { costOf } from './cost-of.ts';

const usage = {
  inputTokens: 1_000_000,
  cacheReadTokens: 2_000_000,
  cacheWriteTokens: 3_000_000,
  cacheWriteHourTokens: 1_000_000,
  outputTokens: 4_000_000,
  reasoningTokens: 500_000,
};

test('each kind of token has its price, and reasoning is output', () => {
  expect(costOf(usage, { input: 1, output: 10, cacheRead: 100, cacheWrite: 1000, cacheWriteHour: 10_000 })).toBe(
    1 + 40 + 200 + 2000 + 10_000,
  );
});

test('what is not said follows from the input’s price', () => {
  expect(costOf(usage, { input: 10, output: 0 })).toBeCloseTo(10 + 2 + 25 + 20, 9);
});

test('a prompt that is too long costs more, all of it; one that just fits does not', () => {
  const longPrompt = { above: 1000, input: 5, output: 50 };
  const price = { input: 1, output: 10, longPrompt };
  const tokens = {
    inputTokens: 400,
    cacheReadTokens: 300,
    cacheWriteTokens: 300,
    cacheWriteHourTokens: 0,
    outputTokens: 100,
    reasoningTokens: 0,
  };
  expect(costOf(tokens, price)).toBeCloseTo((400 + 30 + 375 + 1000) / 1e6, 12);
  expect(costOf({ ...tokens, cacheReadTokens: 301 }, price)).toBeCloseTo((5 * (400 + 30.1 + 375) + 5000) / 1e6, 12);
});
