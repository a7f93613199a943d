import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '@claude-code-api/gateway';
import { createScriptedRunner, type Script } from '@claude-code-api/gateway/testing';
import { noUsage } from '@claude-code-api/gateway/runner-kit';
import { Hono } from 'hono';
import { afterEach, expect, test } from 'vitest';
import type { SettingsInput } from './config/load-settings.ts';
import { createApp, type RunningApp } from './create-app.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function start(given: SettingsInput = {}, script?: Script) {
  const log: string[] = [];
  const record = (fields: object, message: string): void => void log.push(`${message} ${JSON.stringify(fields)}`);
  const logger: Logger = { debug: record, info: record, warn: record, error: record };
  const runner = createScriptedRunner({ ...(script !== undefined && { script }) });
  const claude = await createApp(given, { environment: {}, logger, runner });
  ends.push(() => claude.close());
  return { claude, runner, log };
}

const ask = (body: object = {}, headers: Readonly<Record<string, string>> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', host: 'localhost:3000', ...headers },
  body: JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'Hi' }], ...body }),
});

const mounted = ({ fetch }: RunningApp): Hono => new Hono().mount('/claude', fetch);

async function listen(serve: (incoming: IncomingMessage, outgoing: ServerResponse) => void): Promise<string> {
  const server = createServer(serve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.unshift(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('mounted in Hono it remembers, logs, counts and has its own errors, under its prefix', async () => {
  const { claude, runner, log } = await start();
  const app = mounted(claude);
  const first = (await (await app.request('/claude/v1/chat/completions', ask())).json()) as { conversation_id: string };
  expect(first.conversation_id).toMatch(/^conv_/);
  const next = await app.request('/claude/v1/chat/completions', ask({ conversation_id: first.conversation_id }));
  expect(next.status).toBe(200);
  expect(runner.turns.at(-1)?.messages.length).toBe(3);
  expect(log.filter((line) => line.includes('/v1/chat/completions')).length).toBe(2);
  const headers = { host: 'localhost' };
  expect(await (await app.request('/claude/stats', { headers })).json()).toMatchObject({ since_start: { requests: { total: 2 } } });
  expect((await app.request('/claude/dashboard', { headers })).headers.get('content-type')).toContain('text/html');
  const page = await (await app.request('/claude/', { headers: { ...headers, accept: 'text/html' } })).text();
  // Whoever mounts it has pages of their own, and gets no chat among them.
  expect([page.includes('/v1/chat/completions'), page.includes('<textarea')]).toEqual([true, false]);
  const unknown = await app.request('/claude/v1/nothing', { headers });
  expect([unknown.status, await unknown.json()]).toMatchObject([404, { error: { code: 'unknown_url' } }]);
});

test('it answers to the names of loopback and to those that are allowed', async () => {
  const { claude } = await start({ server: { allowed_hosts: ['my.example.com'] } });
  const statusFor = async (host: string) => (await mounted(claude).request('/claude/v1/models', { headers: { host } })).status;
  expect([await statusFor('localhost:3000'), await statusFor('my.example.com'), await statusFor('evil.example')]).toEqual([200, 200, 403]);
});

test('without keys it opens no other address, and with keys it asks for one', async () => {
  await expect(start({ server: { host: '0.0.0.0' } })).rejects.toThrow('has no keys');
  const { claude } = await start({ server: { api_keys: { alice: { hash: `sha256:${'0'.repeat(64)}` } } } });
  expect((await mounted(claude).request('/claude/v1/chat/completions', ask())).status).toBe(401);
});

test('a caller who leaves a stream of the listener stops the turn', async () => {
  const stopped = new EventEmitter();
  const ended = once(stopped, 'stopped');
  const { claude } = await start({}, async function* stall(turn, signal) {
    yield { type: 'turn-start', model: turn.model, usage: noUsage };
    yield { type: 'text-delta', text: 'Hel' };
    await once(signal, 'abort');
    stopped.emit('stopped');
  });
  const url = await listen((incoming, outgoing) => {
    incoming.url = (incoming.url ?? '').slice('/claude'.length);
    claude.listener(incoming, outgoing);
  });
  const leaving = new AbortController();
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/claude/v1/chat/completions`, { ...ask({ stream: true }), headers, signal: leaving.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ''; !text.includes('Hel');) text += (await reader?.read())?.value ?? '';
  leaving.abort();
  await ended;
});

test('its end cuts what runs, refuses what comes, and may be asked for twice', async () => {
  const { claude } = await start({}, async function* stall(turn) {
    yield { type: 'turn-start', model: turn.model, usage: noUsage };
    await new Promise(() => {});
  });
  const asked = mounted(claude).request('/claude/v1/chat/completions', ask());
  await new Promise((resolve) => void setTimeout(resolve, 20));
  await Promise.all([claude.close(), claude.close()]);
  expect((await asked).status).toBe(503);
  expect((await mounted(claude).request('/claude/v1/chat/completions', ask())).status).toBe(503);
});
