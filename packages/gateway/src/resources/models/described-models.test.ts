import { expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import { createScriptedRunner } from '../../testing/index.ts';

const named = { resolvedId: 'claude-x', displayName: 'X' };
const app = createGateway({
  runner: createScriptedRunner({
    models: [
      { id: 'x', ...named, contextWindow: 200_000, maxOutputTokens: 64_000, inputModalities: ['text', 'image'] },
      { id: 'y', resolvedId: 'y', displayName: 'Y' },
    ],
  }),
  models: { aliases: { 'gpt-4o': 'x', '*': 'y' }, profiles: { agent: {} } },
});
const facts = {
  ...{ context_window: 200_000, context_length: 200_000, max_model_len: 200_000 },
  ...{ max_output_tokens: 64_000, max_completion_tokens: 64_000 },
  ...{ input_modalities: ['text', 'image'], output_modalities: ['text'] },
};
const bare = { object: 'model', created: expect.any(Number) as number, owned_by: 'anthropic' };

test('a model is told with what is known of it, by each of its names', async () => {
  const { data } = (await (await app.request('/v1/models')).json()) as { data: { id: string }[] };
  for (const id of ['x', 'claude-x', 'gpt-4o', 'agent/x', 'agent/gpt-4o']) {
    // What the operator has named is called by that name.
    const called = ['x', 'claude-x'].includes(id) ? { display_name: 'X' } : {};
    expect(data.find((each) => each.id === id)).toEqual({ id, ...bare, ...called, ...facts });
    expect(await (await app.request(`/v1/models/${id}`)).json()).toEqual({ id, ...bare, ...called, ...facts });
  }
  expect(await (await app.request('/v1/models/agent')).json()).toEqual({ id: 'agent', ...bare, ...facts });
});

test('and with nothing more where nothing is known', async () => {
  for (const id of ['agent/y', 'claude-other']) expect(await (await app.request(`/v1/models/${id}`)).json()).toEqual({ id, ...bare });
  expect(await (await app.request('/v1/models/y')).json()).toEqual({ id: 'y', ...bare, display_name: 'Y' });
});
