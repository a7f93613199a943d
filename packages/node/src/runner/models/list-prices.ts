import type { ModelPrices } from './model-price.ts';

const sonnet = { input: 3, output: 15 };
const firstOpus = { input: 15, output: 75 };
const opus = { input: 5, output: 25 };
const fable = { input: 10, output: 50 };
const newFable = { input: 10, output: 50, cacheRead: 0.25 };
const newestFable = { input: 8, output: 40, cacheRead: 0.2 };

/**
 * The list prices of 2026-11-23, as Claude Code 2.1.330 reckons with them.
 *
 * @see https://platform.claude.com/docs/en/about-claude/pricing
 */
export const listPrices: ModelPrices = {
  'claude-3-5-haiku': { input: 0.8, output: 4 },
  'claude-haiku-4-5': { input: 1, output: 5 },
  'claude-haiku-5-5': { input: 0.1, output: 0.5, longPrompt: { above: 100_000, input: 0.5, output: 2.5 } },
  'claude-3-5-sonnet': sonnet,
  'claude-3-7-sonnet': sonnet,
  'claude-sonnet-4': sonnet,
  'claude-sonnet-4-0': sonnet,
  'claude-sonnet-4-5': sonnet,
  'claude-sonnet-4-6': sonnet,
  'claude-sonnet-5': { input: 2, output: 10 },
  'claude-sonnet-5-5': { input: 2, output: 10, cacheRead: 0.1 },
  'claude-opus-4': firstOpus,
  'claude-opus-4-0': firstOpus,
  'claude-opus-4-1': firstOpus,
  'claude-opus-4-5': opus,
  'claude-opus-4-6': opus,
  'claude-opus-4-7': opus,
  'claude-opus-4-8': opus,
  'claude-opus-5': opus,
  'claude-opus-5-5': { input: 4, output: 20, cacheRead: 0.2 },
  'claude-fable-5': fable,
  'claude-fable-5-1': newFable,
  'claude-fable-5-2': newestFable,
  'claude-mythos-5': fable,
  'claude-mythos-5-1': newFable,
  'claude-mythos-5-2': newestFable,
};
