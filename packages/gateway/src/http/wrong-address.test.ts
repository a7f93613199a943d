import { expect, test } from 'vitest';
import { createGateway } from '../create-gateway.ts';
import { createScriptedRunner } from '../testing/index.ts';

const app = createGateway({ runner: createScriptedRunner() });
const told = async (path: string, method = 'POST', headers: Record<string, string> = {}): Promise<[number, string]> => {
  const response = await app.request(`http://host:8080${path}`, { method, headers: { 'content-type': 'application/json', ...headers } });
  const { error } = (await response.json()) as { error: { message: string } };
  return [response.status, error.message];
};

test.each([
  '/chat/completions',
  '/completions',
  '/responses',
  '/messages',
  '/embeddings',
  '/v1/chat/completions/',
  '/completions/',
  '//v1//messages/',
])('%s is served', async (path) => {
  const [status, message] = await told(path);
  expect([status, message.startsWith('Invalid URL')]).toEqual([path.includes('embeddings') ? 404 : 400, false]);
});

test.each(['websocket', 'WebSocket'])('a %s is a 426, upon which Codex posts', async (upgrade) => {
  expect(await told('/v1/responses', 'GET', { upgrade })).toEqual([426, 'This server has no WebSockets: POST /v1/responses.']);
});

test.each(['/models', '/models/', '/models/sonnet', '/v1/models/'])('%s is served', async (path) => {
  expect((await app.request(path)).status).toBe(200);
});

test.each([
  ['/v1/v1/chat/completions', '/v1/chat/completions'],
  ['/v1/v1/v1/models', '/v1/models'],
  ['/api/v1/chat/completions', '/v1/chat/completions'],
  ['/openai/v1/responses/', '/v1/responses'],
  ['/v1/chat/completions/chat/completions', '/v1/chat/completions'],
  ['/v1/chat/completions/v1/chat/completions', '/v1/chat/completions'],
  ['/chat/completions/completions', '/v1/completions'],
  ['/api/completions?x=1', '/v1/completions'],
  ['/api/v1/embeddings', '/v1/embeddings'],
])('%s: the right base URL', async (path, meant) => {
  for (const method of ['POST', 'PUT']) {
    const [status, message] = await told(path, method);
    expect(status).toBe(404);
    expect(message).toContain(`the base URL for your client is http://host:8080/v1, with one /v1, and makes it ask for ${meant}`);
  }
});

test.each(['/v1/messages/v1/messages', '/v1/v1/messages', '/anthropic/v1/messages'])(
  '%s: that of Anthropic’s clients, in their form',
  async (path) => {
    const response = await app.request(`http://host:8080${path}`, { method: 'POST' });
    expect(response.headers.get('request-id')).toMatch(/./);
    expect(await response.json()).toMatchObject({
      type: 'error',
      error: {
        type: 'not_found_error',
        message: expect.stringContaining('base URL for your client is http://host:8080, without /v1, and') as string,
      },
    });
  },
);

test('a path of nothing that is here', async () => {
  expect(await told('/api/v1/whatever')).toEqual([
    404,
    expect.stringContaining('base URL for your client is http://host:8080/v1, with one /v1.'),
  ]);
  expect(await told('/v1/whatever')).toEqual([404, 'Invalid URL (POST /v1/whatever)']);
  expect(await told('/v1/filesystem')).toEqual([404, 'Invalid URL (POST /v1/filesystem)']);
  expect(await told('/v1/chat/completions', 'PUT')).toEqual([404, 'Invalid URL (PUT /v1/chat/completions)']);
});

test.each([
  ['/v1/audio/transcriptions', 'Claude neither hears nor speaks'],
  ['/v1/images/generations', 'Claude makes no images'],
  ['/v1/moderations', 'Claude has no moderation'],
  ['/v1/files', 'keeps no files'],
  ['/v1/files/file-1/content', 'keeps no files'],
  ['/v1/batches', 'has no batches'],
  ['/v1/messages/batches', 'has no batches'],
  ['/v1/assistants', 'has no assistants'],
  ['/v1/threads/t/runs', 'has no threads'],
  ['/v1/fine_tuning/jobs', 'can not be trained'],
  ['/v1/vector_stores', 'keeps no vectors'],
  ['/v1/realtime/sessions', 'use streams'],
  ['/v1/conversations', 'keeps no conversations'],
])('%s is not here, and why', async (path, why) => {
  for (const method of ['GET', 'POST', 'DELETE']) expect(await told(path, method)).toEqual([404, expect.stringContaining(why)]);
  expect((await told(path, 'GET', { 'anthropic-version': '2023-06-01' }))[1]).toContain(why);
});

test('no embeddings, and who can change that', async () => {
  expect(await told('/v1/embeddings')).toEqual([404, expect.stringMatching(/^Claude has no embeddings.* operator can name one/)]);
});
