import { expect, test } from 'vitest';
import { abilitiesOf } from './model-abilities.ts';

const models = [
  { id: 'sonnet', resolvedId: 'claude-sonnet-5-5', displayName: 'Sonnet' },
  { id: 'haiku', resolvedId: 'us.anthropic.claude-haiku-4-5-20251001-v1:0', displayName: 'Haiku' },
];
const all = ['low', 'medium', 'high', 'xhigh', 'max'];
const three = all.slice(0, 3);

test.each([
  { model: 'claude-3-5-haiku-latest', thinking: 'none', efforts: [], outputFormat: false, sampling: 'all' },
  { model: 'claude-3-haiku-20240307', thinking: 'none', efforts: [], outputFormat: false, sampling: 'all' },
  { model: 'claude-3-7-sonnet-20250219', thinking: 'budget', efforts: [], outputFormat: false, sampling: 'all' },
  { model: 'claude-sonnet-4-20250514', thinking: 'budget', efforts: [], outputFormat: false, sampling: 'all' },
  { model: 'claude-opus-4-1-20250805', thinking: 'budget', efforts: [], outputFormat: false, sampling: 'no-top-p' },
  { model: 'claude-opus-4-5-20251101', thinking: 'budget', efforts: three, outputFormat: true, sampling: 'no-top-p' },
  { model: 'claude-sonnet-4-5', thinking: 'budget', efforts: [], outputFormat: true, sampling: 'no-top-p' },
  { model: 'haiku', thinking: 'budget', efforts: [], outputFormat: true, sampling: 'no-top-p' },
  { model: 'claude-sonnet-4-6', thinking: 'either', efforts: [...three, 'max'], outputFormat: true, sampling: 'no-top-p' },
  { model: 'claude-opus-4-7', thinking: 'adaptive', efforts: all, outputFormat: true, sampling: 'none' },
  { model: 'anthropic/claude-opus-4.7', thinking: 'adaptive', efforts: all, outputFormat: true, sampling: 'none' },
  { model: 'anthropic/claude-3.7-sonnet', thinking: 'budget', efforts: [], outputFormat: false, sampling: 'all' },
  { model: 'sonnet', thinking: 'adaptive', efforts: all, outputFormat: true, sampling: 'none' },
  { model: 'my-own-model', thinking: 'either', efforts: all, outputFormat: true, sampling: 'all' },
])('$model', ({ model, ...abilities }) => {
  expect(abilitiesOf(model, models)).toMatchObject(abilities);
});

test.each([
  { model: 'claude-opus-4-8', thinkingCanBeDisabled: false, forcedTools: true },
  { model: 'claude-sonnet-5', thinkingCanBeDisabled: true, forcedTools: true },
  { model: 'claude-opus-5', thinkingCanBeDisabled: true, forcedTools: true },
  { model: 'claude-fable-5', thinkingCanBeDisabled: false, forcedTools: true },
  { model: 'claude-fable-5-1', thinkingCanBeDisabled: false, forcedTools: false },
  { model: 'claude-opus-5-5', thinkingCanBeDisabled: false, forcedTools: false },
  { model: 'sonnet', thinkingCanBeDisabled: false, forcedTools: false },
  { model: 'unheard-of', thinkingCanBeDisabled: false, forcedTools: true },
])('$model, disabled and forced', ({ model, ...abilities }) => {
  expect(abilitiesOf(model, models)).toMatchObject(abilities);
});

test.each([
  ['claude-3-5-haiku-latest', true],
  ['claude-opus-4-5-20251101', true],
  ['claude-sonnet-4-20250514', true],
  ['unheard-of', true],
  ['claude-sonnet-4-6', false],
  ['claude-opus-4-7', false],
  ['claude-fable-5', false],
  ['claude-sonnet-5-5', false],
] as const)('%s goes on with an answer that is begun: %s', (model, begunAnswers) => {
  expect(abilitiesOf(model, [])).toMatchObject({ begunAnswers });
});
