import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

test('answers over HTTP with what Claude said', async () => {
  const response = await server.chat({ model: 'sonnet', messages: [{ role: 'user', content: 'hi' }] });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ object: 'chat.completion', choices: [{ message: { content: 'Hello world' } }] });
});
