import { createScriptedRunner } from '@claude-code-api/gateway/testing';
import { createStorage } from 'unstorage';
import memoryDriver from 'unstorage/drivers/memory';
import { expect, test } from 'vitest';
import { createApp } from './app.ts';

test('conversations are in the storage that was given, and belong to the key that began them', async () => {
  const driver = memoryDriver();
  const app = await createApp(createScriptedRunner(), driver);
  const ask = async (key: string, body: object): Promise<Response> =>
    app.request('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ model: 'sonnet', ...body }),
    });
  const first = await ask('anna', { messages: [{ role: 'user', content: 'My name is Anna' }] });
  const { conversation_id: id } = (await first.json()) as { conversation_id: string };
  expect((await createStorage({ driver }).getKeys()).some((key) => key.includes(id))).toBe(true);
  const next = { conversation_id: id, messages: [{ role: 'user', content: 'Who am I?' }] };
  expect((await ask('anna', next)).status).toBe(200);
  expect((await ask('bert', next)).status).toBe(404);
});
