import { expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import { GatewayError } from '../../gateway-error.ts';
import { createScriptedRunner } from '../../testing/index.ts';

const welcome = { html: '<!doctype html><p>Hello', policy: "default-src 'none'" };
const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const refuse = (): never => {
  throw new GatewayError('No key.', { status: 401 });
};
const app = createGateway({ runner: createScriptedRunner(), welcome, access: { callerOf: refuse } });

test('a browser gets the page, without a key', async () => {
  const response = await app.request('/', { headers: browser });
  expect([response.status, await response.text()]).toEqual([200, welcome.html]);
  expect(response.headers.get('content-security-policy')).toBe(welcome.policy);
  expect(response.headers.get('content-type')).toContain('text/html');
});

test.each([{}, { accept: '*/*' }, { accept: 'application/json' }])('others with %j get the error as ever', async (headers) => {
  const response = await app.request('/', { headers });
  expect([response.status, await response.json()]).toMatchObject([404, { error: { message: 'Invalid URL (GET /)', code: 'unknown_url' } }]);
});

test('HEAD finds that the server is there', async () => {
  for (const headers of [{}, browser]) expect((await app.request('/', { method: 'HEAD', headers })).status).toBe(200);
});

test('without a page there is none', async () => {
  expect((await createGateway({ runner: createScriptedRunner() }).request('/', { headers: browser })).status).toBe(404);
});
