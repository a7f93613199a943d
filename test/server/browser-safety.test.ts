import { request } from 'node:http';
import type { RunningServer } from '@claude-code-api/node';
import { afterEach, describe, expect, test } from 'vitest';
import { startScriptedTestServer } from '../support/servers/start-scripted-test-server.ts';

const body = JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'hi' }] });

let server: RunningServer | undefined;
afterEach(() => server?.close());

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** As a browser sends it: `fetch` does not let one choose these headers. */
function send(method: string, path: string, headers: Record<string, string>, content?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sending = request(`${server?.url}${path}`, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sending.on('error', reject);
    sending.end(content);
  });
}

const json = { 'content-type': 'application/json' };

describe('a page of another origin', () => {
  test('can’t ask, nor read, whatever the method', async () => {
    server = await startScriptedTestServer();
    const origin = 'https://evil.example';
    for (const [method, path] of [
      ['POST', '/v1/chat/completions'],
      ['GET', '/v1/models'],
      ['GET', '/stats'],
      ['DELETE', '/v1/conversations/conv_1'],
    ] as const) {
      const answer = await send(method, path, { ...json, origin }, method === 'POST' ? body : undefined);
      expect(answer.status, `${method} ${path}`).toBe(403);
      expect(JSON.parse(answer.text)).toMatchObject({ error: { code: 'origin_not_allowed' } });
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
    const preflight = await send('OPTIONS', '/v1/chat/completions', { origin, 'access-control-request-method': 'POST' });
    expect(preflight.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('can’t send a form, or text, or nothing of a type', async () => {
    server = await startScriptedTestServer();
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/plain;application/json',
    ]) {
      expect((await send('POST', '/v1/chat/completions', { 'content-type': type }, body)).status, type).toBe(400);
    }
    expect((await send('POST', '/v1/chat/completions', {}, body)).status).toBe(400);
  });

  test('can, where its origin is allowed', async () => {
    const origin = 'https://app.example';
    server = await startScriptedTestServer({ 'server.cors_origins': JSON.stringify([origin]) });
    const preflight = await send('OPTIONS', '/v1/chat/completions', {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,x-stainless-lang',
    });
    expect(preflight.headers['access-control-allow-origin']).toBe(origin);
    expect(String(preflight.headers['access-control-allow-headers'])).toContain('authorization');
    const answer = await send('POST', '/v1/chat/completions', { ...json, origin }, body);
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe(origin);
    expect(String(answer.headers['access-control-expose-headers'])).toContain('x-ratelimit-remaining-tokens');
    expect((await send('POST', '/v1/chat/completions', { ...json, origin: 'https://other.example' }, body)).status).toBe(403);
  });
});

describe('a name that stands for this machine (DNS rebinding)', () => {
  test('is not answered to', async () => {
    server = await startScriptedTestServer();
    const { port } = new URL(server.url);
    for (const host of [`evil.example:${port}`, 'evil.example', `localhost.evil.example:${port}`]) {
      const answer = await send('POST', '/v1/chat/completions', { ...json, host }, body);
      expect(answer.status).toBe(403);
      expect(JSON.parse(answer.text)).toMatchObject({ error: { code: 'host_not_allowed' } });
    }
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
      expect((await send('POST', '/v1/chat/completions', { ...json, host }, body)).status, host).toBe(200);
    }
  });

  test('is, where it is allowed, and on another than a loopback address', async () => {
    server = await startScriptedTestServer({ 'server.allowed_hosts': '["claude.example"]' });
    expect((await send('POST', '/v1/chat/completions', { ...json, host: 'claude.example' }, body)).status).toBe(200);
    await server.close();
    server = await startScriptedTestServer({ 'server.host': '0.0.0.0', 'server.allow_unauthenticated': 'true' });
    expect((await send('POST', '/v1/chat/completions', { ...json, host: 'any.example' }, body)).status).toBe(200);
  });
});
