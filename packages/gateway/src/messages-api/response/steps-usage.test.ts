import { expect, test } from 'vitest';
import { createStepsUsage } from './steps-usage.ts';

const million = 1_000_000;
const prices = (model: string) => (model === 'unknown' ? undefined : { input: 1, output: 10, cacheWrite: 100, cacheWriteHour: 1000 });

test('adds up steps, each at its price, by the latest numbers of each', () => {
  const usage = createStepsUsage({ priceOf: prices });
  expect(usage.costUsd).toBe(0);
  usage.begin('a', { input_tokens: million, output_tokens: 1 });
  usage.update({ output_tokens: 2 * million });
  expect(usage.total).toMatchObject({ inputTokens: million, outputTokens: 2 * million });
  expect(usage.costUsd).toBe(21);
  usage.begin('b', { input_tokens: 3 * million });
  expect(usage.total).toMatchObject({ inputTokens: 4 * million, outputTokens: 2 * million });
  expect(usage.costUsd).toBe(24);
});

test('what is kept for an hour in the cache costs more, also when only the beginning of the step tells of it', () => {
  const usage = createStepsUsage({ priceOf: prices });
  usage.begin('a', { cache_creation_input_tokens: 3 * million, cache_creation: { ephemeral_1h_input_tokens: million } });
  usage.update({ cache_creation_input_tokens: 3 * million });
  expect(usage.costUsd).toBe(1200);
  expect(usage.total).toMatchObject({ cacheWriteTokens: 3 * million, cacheWriteHourTokens: million });
  usage.begin('a', { cache_creation_input_tokens: million });
  expect(usage.costUsd).toBe(1300);
});

test('what subagents are known to have used counts once for each of their answers, at their own price, also while a step runs', () => {
  const told: unknown[] = [];
  const usage = createStepsUsage({ priceOf: prices, onUsage: (total, costUsd) => void told.push([total.inputTokens, costUsd]) });
  const answer = { id: 'msg_1', model: 'b', usage: { input_tokens: 2 * million, output_tokens: 1 } };
  usage.begin('a', { input_tokens: million });
  for (const each of [answer, answer, { ...answer, id: 'msg_2', model: '<synthetic>' }, { id: 'msg_3' }, undefined])
    usage.addSubagent(each);
  expect(told).toEqual([
    [million, 1],
    [3 * million, 3.00001],
  ]);
  usage.update({ output_tokens: million });
  expect([usage.total.inputTokens, usage.total.outputTokens, usage.costUsd]).toEqual([3 * million, million + 1, 13.00001]);
  usage.addSubagent({ ...answer, id: 'msg_4', model: 'unknown' });
  expect([usage.total.inputTokens, usage.costUsd]).toEqual([5 * million, undefined]);
});

test('with one step of unknown price the whole is unknown', () => {
  const usage = createStepsUsage({ priceOf: prices });
  usage.begin('unknown', { input_tokens: 1 });
  expect(usage.costUsd).toBeUndefined();
  usage.begin('a', { input_tokens: 1 });
  expect(usage.costUsd).toBeUndefined();
});

test('searches of Anthropic’s cost beside their tokens, in each step and of subagents', () => {
  const usage = createStepsUsage({ priceOf: prices });
  usage.begin('a', { input_tokens: million, server_tool_use: { web_search_requests: 0 } });
  usage.update({ server_tool_use: { web_search_requests: 1 } });
  usage.update({ output_tokens: 0, server_tool_use: { web_search_requests: 3, web_fetch_requests: 9 } });
  usage.update({ output_tokens: 0 });
  expect(usage.costUsd).toBeCloseTo(1.03, 9);
  usage.begin('a', { input_tokens: million });
  expect(usage.costUsd).toBeCloseTo(2.03, 9);
  usage.addSubagent({ id: 'msg_1', model: 'a', usage: { server_tool_use: { web_search_requests: 2 } } });
  expect(usage.costUsd).toBeCloseTo(2.05, 9);
});
