import type { RunnerModel } from '@claude-code-api/gateway';
import { expect, test } from 'vitest';
import { modelToTry } from './model-to-try.ts';

const offer = (...ids: string[]): RunnerModel[] => ids.map((id) => ({ id, resolvedId: id, displayName: id }));

test.each([
  ['sonnet', () => Promise.resolve(offer('default', 'sonnet'))],
  ['default', () => Promise.resolve(offer('default', 'opus'))],
  ['sonnet', () => Promise.resolve(offer())],
  ['sonnet', () => Promise.reject(new Error('no CLI'))],
  ['sonnet', () => new Promise<RunnerModel[]>(() => {})],
])('%s is tried', async (expected, models) => {
  expect(await modelToTry({ models }, 20)).toBe(expected);
});
