import { describe, expect, test } from 'vitest';
import { createScriptedRunner } from '../testing/create-scripted-runner.ts';
import { createModelCatalog } from './model-catalog.ts';

const runner = createScriptedRunner({
  models: [
    { id: 'default', resolvedId: 'claude-sonnet-5-5', displayName: 'Default' },
    { id: 'sonnet', resolvedId: 'claude-sonnet-5-5', displayName: 'Sonnet' },
    { id: 'opus', resolvedId: 'claude-opus-5-5', displayName: 'Opus' },
  ],
});
const catalog = createModelCatalog(runner, {
  aliases: { 'gpt-4o': 'sonnet' },
  profiles: [],
  defaultProfile: undefined,
  created: 1_700_000_000,
});

test('lists aliases, full names and the operator’s own, each once, in OpenAI’s shape', async () => {
  const list = await catalog.list();
  expect(list.map(({ id }) => id).toSorted()).toEqual(['claude-opus-5-5', 'claude-sonnet-5-5', 'default', 'gpt-4o', 'opus', 'sonnet']);
  for (const { display_name: _called, ...model } of list)
    expect(model).toEqual({ id: expect.any(String), object: 'model', created: 1_700_000_000, owned_by: 'anthropic' });
  const called = Object.fromEntries(list.map(({ id, display_name: name }) => [id, name]));
  expect(called).toEqual({
    ...{ default: 'Default', sonnet: 'Sonnet', opus: 'Opus', 'gpt-4o': undefined },
    'claude-sonnet-5-5': 'Sonnet',
    'claude-opus-5-5': 'Opus',
  });
});

test.each([
  ['sonnet', 'sonnet'],
  ['claude-opus-5-5', 'claude-opus-5-5'],
  ['gpt-4o', 'sonnet'],
  ['claude-of-the-future', 'claude-of-the-future'],
  ['us.anthropic.claude-x', 'us.anthropic.claude-x'],
])('%s is %s to the runner', async (name, asked) => {
  expect(await catalog.resolve(name)).toEqual({ model: asked, profile: undefined });
  expect(await catalog.get(name)).toMatchObject({ id: name });
});

test.each(['gpt-5', '', 'toString', '__proto__', 'myclaude-x'])('there is no model %j', async (name) => {
  const refused = { status: 404, code: 'model_not_found', message: expect.stringContaining(`\`${name}\``) };
  await expect(catalog.resolve(name)).rejects.toMatchObject(refused);
  await expect(catalog.get(name)).rejects.toMatchObject(refused);
});

describe('an alias for any other name', () => {
  const tolerant = createModelCatalog(runner, {
    aliases: { '*': 'sonnet', fast: 'opus' },
    profiles: ['agent'],
    defaultProfile: undefined,
    created: 1,
  });

  test.each([
    ['gpt-5', 'sonnet', undefined],
    ['vendor/gpt-5', 'sonnet', undefined],
    ['agent/gpt-5', 'sonnet', 'agent'],
    ['*', 'sonnet', undefined],
    ['fast', 'opus', undefined],
    ['opus', 'opus', undefined],
    ['claude-of-the-future', 'claude-of-the-future', undefined],
  ])('%s is %s to the runner', async (name, model, profile) => {
    expect(await tolerant.resolve(name)).toEqual({ model, profile });
  });

  test('is not listed, and opens no model that a caller may not name', async () => {
    expect((await tolerant.list()).map(({ id }) => id)).not.toContain('*');
    await expect(tolerant.resolve('gpt-5', { models: ['opus'] })).rejects.toMatchObject({ status: 404 });
    expect(await tolerant.resolve('gpt-5', { models: ['sonnet'] })).toMatchObject({ model: 'sonnet' });
  });

  test('holds for a runner that lists nothing', async () => {
    const bare = createModelCatalog(createScriptedRunner({ models: [] }), {
      aliases: { '*': 'x' },
      profiles: [],
      defaultProfile: undefined,
      created: 1,
    });
    expect(await bare.resolve('gpt-5')).toMatchObject({ model: 'x' });
  });
});

describe('a profile', () => {
  const profiled = createModelCatalog(runner, {
    aliases: { 'gpt-4o': 'sonnet', 'vendor/best': 'opus' },
    profiles: ['agent', 'reader'],
    defaultProfile: 'pure',
    created: 1,
  });
  const refused = (name: string): object => ({ status: 404, code: 'model_not_found', message: expect.stringContaining(`\`${name}\``) });

  test.each([
    ['agent/sonnet', 'sonnet'],
    ['agent/claude-sonnet-5-5', 'claude-sonnet-5-5'],
    ['agent/claude-of-the-future', 'claude-of-the-future'],
    ['agent/gpt-4o', 'sonnet'],
    ['agent/vendor/best', 'opus'],
    ['agent', 'default'],
  ])('is named by %s, with the model %s', async (name, model) => {
    expect(await profiled.resolve(name)).toEqual({ model, profile: 'agent' });
    expect(await profiled.resolve(name, { profiles: ['agent'] })).toEqual({ model, profile: 'agent' });
    expect(await profiled.get(name, { profiles: ['agent'] })).toMatchObject({ id: name, object: 'model' });
  });

  test.each([
    ['sonnet', 'sonnet'],
    ['gpt-4o', 'sonnet'],
    ['vendor/best', 'opus'],
    ['anthropic/claude-x', 'anthropic/claude-x'],
    ['agents/claude-x', 'agents/claude-x'],
  ])('is not named by %s: the default one is meant', async (name, model) => {
    expect(await profiled.resolve(name)).toEqual({ model, profile: 'pure' });
    expect(await profiled.resolve(name, { profiles: [] })).toEqual({ model, profile: 'pure' });
  });

  test.each(['agent/sonnet', 'agent/claude-sonnet-5-5', 'agent'])('that is not allowed is not there: %s', async (name) => {
    for (const profiles of [[], ['reader'], ['AGENT']]) {
      await expect(profiled.resolve(name, { profiles })).rejects.toMatchObject(refused(name));
      await expect(profiled.get(name, { profiles })).rejects.toMatchObject(refused(name));
    }
  });

  test.each([
    'agent/',
    'agent/gpt-5',
    'agent/agent',
    'agent/reader/claude-x',
    'agent//sonnet',
    'Agent/sonnet',
    ' agent',
    'pure/sonnet',
    '/agent',
  ])('is not named by %j, and nothing is', async (name) => {
    await expect(profiled.resolve(name)).rejects.toMatchObject(refused(name));
  });

  test('is listed with every model, where it is allowed', async () => {
    const plain = (await profiled.list({ profiles: [] })).map(({ id }) => id);
    expect(plain).toEqual(['default', 'sonnet', 'opus', 'claude-sonnet-5-5', 'claude-opus-5-5', 'gpt-4o', 'vendor/best']);
    const of = (profile: string): string[] => plain.map((id) => `${profile}/${id}`);
    expect((await profiled.list()).map(({ id }) => id)).toEqual([...plain, ...of('agent'), ...of('reader')]);
    const allowed = { profiles: ['reader', 'unknown'] };
    expect((await profiled.list(allowed)).map(({ id }) => id)).toEqual([...plain, ...of('reader')]);
    for (const { id } of await profiled.list(allowed)) expect(await profiled.get(id, allowed)).toMatchObject({ id });
  });

  test('that is the default is everyone’s by its name too, also where a model has the same', async () => {
    const options = { aliases: {}, profiles: ['default', 'agent'], defaultProfile: 'default', created: 1 };
    const shaped = createModelCatalog(runner, options);
    for (const [name, model] of [
      ['default', 'default'],
      ['default/opus', 'opus'],
      ['opus', 'opus'],
    ] as const) {
      expect(await shaped.resolve(name, { profiles: [] })).toEqual({ model, profile: 'default' });
    }
    expect((await shaped.list({ profiles: [] })).map(({ id }) => id)).toContain('default/opus');
    await expect(shaped.resolve('agent/opus', { profiles: [] })).rejects.toMatchObject(refused('agent/opus'));
  });

  test('without a model needs a runner that lists models', async () => {
    const options = { aliases: {}, profiles: ['agent'], defaultProfile: undefined, created: 1 };
    const listless = createModelCatalog(createScriptedRunner({ models: [] }), options);
    await expect(listless.resolve('agent')).rejects.toMatchObject(refused('agent'));
    expect(await listless.resolve('agent/anything')).toEqual({ model: 'anything', profile: 'agent' });
  });
});
