import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { startScriptedTestServer } from '../support/servers/start-scripted-test-server.ts';

test('the client of OpenAI’s gets embeddings of another server, and hears who can change that without one', async () => {
  const asked: { url: string | undefined; key: string | undefined; body: unknown }[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    asked.push({ url: request.url, key: request.headers.authorization, body: JSON.parse(await text(request)) });
    const data = [{ object: 'embedding', index: 0, embedding: [0.25, -1] }];
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ object: 'list', data, model: 'small', usage: { prompt_tokens: 2, total_tokens: 2 } }));
  };
  const other = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}/v1`;
  const server = await startScriptedTestServer({ 'embeddings.url': url, 'embeddings.key': 'sk-other', 'embeddings.models': '["small"]' });
  const without = await startScriptedTestServer();
  try {
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'mine', maxRetries: 0 });
    const { data, usage } = await client.embeddings.create({ model: 'small', input: 'hi', encoding_format: 'float' });
    expect([data[0]?.embedding, usage.total_tokens]).toEqual([[0.25, -1], 2]);
    expect(asked).toEqual([
      { url: '/v1/embeddings', key: 'Bearer sk-other', body: { model: 'small', input: 'hi', encoding_format: 'float' } },
    ]);
    const stats = await (await fetch(`${server.url}/stats`)).text();
    expect(stats).toContain('small');
    const none = new OpenAI({ baseURL: `${without.url}/v1`, apiKey: 'mine', maxRetries: 0 });
    await expect(none.embeddings.create({ model: 'small', input: 'hi' })).rejects.toThrow('embeddings.url, embeddings.models');
  } finally {
    await Promise.all([server.close(), without.close()]);
    other.close();
  }
});
