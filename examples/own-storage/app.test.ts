import { createScriptedRunner } from '@claude-code-api/gateway/testing';
import { createStorage } from 'unstorage';
import memoryDriver from 'unstorage/drivers/memory';
import { expect, test } from 'vitest';
import { createApp } from './app.ts';

const post = async (app: ReturnType<typeof createApp>, path: string, key: string, body: object): Promise<Response> =>
  app.request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: 'sonnet', ...body }),
  });

test('conversations are in the storage that was given, and belong to the key that began them', async () => {
  const driver = memoryDriver();
  const app = createApp(createScriptedRunner(), driver);
  const ask = (key: string, body: object): Promise<Response> => post(app, '/v1/chat/completions', key, body);
  const first = await ask('anna', { messages: [{ role: 'user', content: 'My name is Anna' }] });
  const { conversation_id: id } = (await first.json()) as { conversation_id: string };
  expect((await createStorage({ driver }).getKeys()).some((key) => key.includes(id))).toBe(true);
  const next = { conversation_id: id, messages: [{ role: 'user', content: 'Who am I?' }] };
  expect((await ask('anna', next)).status).toBe(200);
  expect((await ask('bert', next)).status).toBe(404);
});

test('responses are there too, and so is the key that seals: after a restart both are gone on with', async () => {
  const driver = memoryDriver();
  const app = createApp(createScriptedRunner(), driver);
  const { id } = (await (await post(app, '/v1/responses', 'anna', { input: 'My name is Anna' })).json()) as { id: string };
  const { output } = (await (await post(app, '/v1/responses/compact', 'anna', { input: 'My name is Anna' })).json()) as {
    output: object[];
  };
  const restarted = createApp(createScriptedRunner(), driver);
  expect((await post(restarted, '/v1/responses', 'anna', { input: 'Who am I?', previous_response_id: id })).status).toBe(200);
  const summedUp = { input: [...output, { role: 'user', content: 'Who am I?' }] };
  expect((await post(restarted, '/v1/responses', 'anna', summedUp)).status).toBe(200);
  expect((await post(restarted, '/v1/responses', 'bert', summedUp)).status).toBe(400);
});
