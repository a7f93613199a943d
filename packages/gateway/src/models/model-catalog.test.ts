import { expect, test } from 'vitest';
import { createScriptedRunner } from '../testing/create-scripted-runner.ts';
import { createModelCatalog } from './model-catalog.ts';

const runner = createScriptedRunner({
  models: [
    { id: 'default', resolvedId: 'claude-sonnet-5-5', displayName: 'Default' },
    { id: 'sonnet', resolvedId: 'claude-sonnet-5-5', displayName: 'Sonnet' },
    { id: 'opus', resolvedId: 'claude-opus-5-5', displayName: 'Opus' },
  ],
});
const catalog = createModelCatalog(runner, { 'gpt-4o': 'sonnet' }, 1_700_000_000);

test('lists aliases, full names and the operator’s own, each once, in OpenAI’s shape', async () => {
  const list = await catalog.list();
  expect(list.map(({ id }) => id).toSorted()).toEqual(['claude-opus-5-5', 'claude-sonnet-5-5', 'default', 'gpt-4o', 'opus', 'sonnet']);
  for (const model of list)
    expect(model).toEqual({ id: expect.any(String), object: 'model', created: 1_700_000_000, owned_by: 'anthropic' });
});

test.each([
  ['sonnet', 'sonnet'],
  ['claude-opus-5-5', 'claude-opus-5-5'],
  ['gpt-4o', 'sonnet'],
  ['claude-of-the-future', 'claude-of-the-future'],
  ['us.anthropic.claude-x', 'us.anthropic.claude-x'],
])('%s is %s to the runner', async (name, asked) => {
  expect(await catalog.resolve(name)).toBe(asked);
  expect(await catalog.get(name)).toMatchObject({ id: name });
});

test.each(['gpt-5', '', 'toString', '__proto__', 'myclaude-x'])('there is no model %j', async (name) => {
  const refused = { status: 404, type: 'invalid_request_error', code: 'model_not_found', message: expect.stringContaining(`\`${name}\``) };
  await expect(catalog.resolve(name)).rejects.toMatchObject(refused);
  await expect(catalog.get(name)).rejects.toMatchObject(refused);
});
