import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Turn } from '@claude-code-api/gateway';
import { createScriptedRunner, type ScriptedRunner } from '@claude-code-api/gateway/testing';
import { createKey, createServer, hashKey, loadSettings, type RunningServer } from '@claude-code-api/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { callWithKey } from '../support/chat/call-with-key.ts';
import { makeKeys } from '../support/servers/make-keys.ts';
import { startTestMachine, type TestMachine } from '../support/servers/start-test-machine.ts';

const turn: Turn = {
  model: 'sonnet',
  system: [],
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  tools: [],
  sampling: {},
  tenant: '',
};
const asked = JSON.stringify({ turn, media: {}, gateway: 'g', heartbeatMs: 1000 });
const routes = [
  ['POST', '/runner/turns', asked],
  ['POST', '/runner/count', JSON.stringify({ turn })],
  ['GET', '/runner/models', undefined],
  ['GET', '/runner/abilities?model=sonnet', undefined],
  ['POST', '/runner/forget', JSON.stringify({ tenant: 'one', conversation: 'conv_1' })],
  ['POST', '/runner/state', JSON.stringify({ gateway: 'g' })],
] as const;

let runner: ScriptedRunner;
let machine: TestMachine;
let forgotten: string[];
const open: { close(): Promise<void> }[] = [];
beforeEach(async () => {
  forgotten = [];
  runner = { ...createScriptedRunner(), forget: async (tenant, conversation) => void forgotten.push(tenant, conversation) };
  machine = await startTestMachine({ mockUrl: '', runner });
});
afterEach(async () => {
  await Promise.all([machine, ...open.splice(0)].map((each) => each.close()));
});

const ask = (
  [method, path, body]: readonly [string, string, string | undefined],
  headers: Readonly<Record<string, string>>,
): Promise<Response> =>
  fetch(machine.url + path, { method, headers: { 'x-runner-version': '1', ...headers }, ...(body !== undefined && { body }) });

/** A gateway whose turns run on machines. */
async function startGateway(
  machines: readonly string[],
  more: Readonly<Record<string, string>> = {},
  log: string[] = [],
): Promise<RunningServer> {
  const record = (fields: object, message: string): void =>
    void log.push(JSON.stringify([message, fields, Object.entries(fields).map(String)]));
  const flags = {
    ...{ 'server.port': '0', 'claude.runner': 'remote', 'claude.machines': JSON.stringify(machines), 'claude.runner_token': machine.token },
    ...more,
  };
  const server = await createServer(loadSettings({ environment: {}, flags }), {
    environment: {},
    logger: { debug: record, info: record, warn: record, error: record },
  });
  open.push(server);
  return server;
}

const chat = (server: RunningServer, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'hi' }], ...body }),
  });

interface SpyAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A server that records what reaches it, and answers so. */
async function startSpy(answer: (path: string, init: RequestInit) => SpyAnswer | Promise<SpyAnswer>) {
  const seen: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url: path = '', headers: sent } = request;
    seen.push({ path, headers: sent });
    const given = await text(request);
    const { status, headers, body } = await answer(path, {
      method: method ?? 'GET',
      headers: { authorization: sent.authorization ?? '', 'x-runner-version': '1' },
      ...(method === 'POST' && { body: given }),
    });
    response.writeHead(status, headers).end(body);
  }
  const server = createHttpServer((request, response) => void serve(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push({
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

test('without its token nothing can be asked of a machine', async () => {
  const { token } = machine;
  const wrong: Readonly<Record<string, string>>[] = [
    {},
    { authorization: '' },
    { authorization: 'Bearer ' },
    { authorization: `Basic ${token}` },
    { authorization: token },
    { authorization: `Bearer ${token}x` },
    { authorization: `Bearer ${token.slice(0, -1)}` },
    { authorization: `Bearer ${token.toUpperCase()}` },
    { authorization: `Bearer ${hashKey(token)}` },
    { authorization: `Bearer ${createKey()}` },
    { 'x-api-key': token },
    { cookie: `authorization=Bearer ${token}` },
  ];
  for (const route of routes)
    for (const headers of wrong) {
      const response = await ask(route, headers);
      expect(response.status, `${route[1]} with ${JSON.stringify(headers)}`).toBe(401);
      expect(await response.json()).toMatchObject({ error: { code: 'invalid_token' } });
    }
  expect(runner.turns).toEqual([]);
  expect(forgotten).toEqual([]);
  for (const route of routes) expect((await ask(route, { authorization: `Bearer ${token}` })).status, route[1]).toBe(200);
});

test.each([
  ['POST', '/v1/chat/completions'],
  ['POST', '/v1/messages'],
  ['POST', '/v1/responses'],
  ['GET', '/v1/models'],
  ['GET', '/v1/conversations'],
  ['GET', '/stats'],
  ['GET', '/metrics'],
  ['GET', '/dashboard'],
  ['GET', '/runner/turns'],
  ['DELETE', '/runner/state'],
  ['OPTIONS', '/runner/turns'],
  ['GET', '/runner'],
  ['GET', '/../../etc/passwd'],
])('%s %s is nothing that a machine serves, with its token or without', async (method, path) => {
  for (const headers of [{}, { authorization: `Bearer ${machine.token}` }]) {
    const response = await fetch(machine.url + path, { method, headers });
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('no public API');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  }
});

test('who comes by is told that this is no public API, and whether the machine is well, and no more', async () => {
  expect(await (await fetch(machine.url)).text()).toContain('no public API');
  expect(await (await fetch(`${machine.url}/health`)).json()).toEqual({ status: 'ok' });
});

test.each([
  ['no JSON', '{'],
  ['nothing', ''],
  ['null', 'null'],
  ['a list', '[]'],
  ['a turn without messages', JSON.stringify({ ...JSON.parse(asked), turn: { model: 'x' } })],
  ['a message of another shape', asked.replace('"user"', '"system"')],
  ['no gateway', asked.replace('"gateway":"g",', '')],
  ['a heartbeat without end', asked.replace('1000', '1e12')],
  ['a heartbeat that would be a load', asked.replace('1000', '0')],
  ['media that are no text', asked.replace('"media":{}', '"media":{"sha256:x":[]}')],
])('what is no turn is refused: %s', async (_, body) => {
  const response = await ask(['POST', '/runner/turns', body], { authorization: `Bearer ${machine.token}` });
  expect(response.status).toBe(400);
  expect(await response.text()).not.toMatch(/node_modules|\.ts|\bat /);
  expect(runner.turns).toEqual([]);
});

test('a turn that is too large is refused, and not kept in memory', async () => {
  const body = asked.replace('"hi"', JSON.stringify('x'.repeat(135_000_000)));
  const response = await ask(['POST', '/runner/turns', body], { authorization: `Bearer ${machine.token}` });
  expect(response.status).toBe(413);
  expect(runner.turns).toEqual([]);
});

test('no header of a caller reaches a machine', async () => {
  const spy = await startSpy(async (path, init) => {
    const response = await fetch(machine.url + path, init);
    return { status: response.status, headers: { 'x-runner-version': '1' }, body: await response.text() };
  });
  const { keys, settings } = makeKeys({ alice: {} });
  const server = await startGateway([spy.url], settings);
  const odd = { 'x-evil': 'evil', cookie: 'evil=1', 'x-runner-version': '9', 'x-forwarded-for': 'evil', traceparent: 'evil' };
  const response = await chat(server, {}, { ...odd, authorization: `Bearer ${keys['alice']}`, 'user-agent': 'evil' });
  expect(response.status).toBe(200);
  expect(spy.seen.map(({ path }) => path)).toContain('/runner/turns');
  for (const { headers } of spy.seen) {
    expect(JSON.stringify(headers)).not.toContain('evil');
    expect(JSON.stringify(headers)).not.toContain(keys['alice']);
    expect(headers).toMatchObject({ authorization: `Bearer ${machine.token}`, 'x-runner-version': '1' });
  }
});

test('names of models and conversations lead nowhere else on a machine', async () => {
  const server = await startGateway([machine.url]);
  for (const name of ['../forget', 'x?model=sonnet', 'x#y', 'x&y=z', '%2e%2e/forget', 'sonnet\u0000', '☃'.repeat(100)]) {
    const response = await chat(server, { model: name });
    expect(response.status).toBe(404);
    await response.text();
  }
  expect(forgotten).toEqual([]);
});

test('a token is sent to the machines that the settings name, and never on where one of them points to', async () => {
  const stranger = await startSpy(() => ({ status: 200 }));
  const pointing = await startSpy((path) => ({ status: 307, headers: { location: stranger.url + path } }));
  const server = await startGateway([pointing.url]);
  expect((await chat(server, {})).status).toBe(503);
  expect(pointing.seen.length).toBeGreaterThan(0);
  expect(stranger.seen).toEqual([]);
});

test('what is not a machine is given nothing, and its answers are not believed', async () => {
  for (const body of ['{"healthy":true}', '<html>', 'x'.repeat(100_000), JSON.stringify({ error: { message: 'evil' } })]) {
    const impostor = await startSpy(() => ({
      status: 200,
      headers: { 'content-type': 'application/json', 'x-runner-version': '1' },
      body,
    }));
    const server = await startGateway([impostor.url]);
    const response = await chat(server, {});
    expect(response.status).toBe(503);
    expect(await response.text()).not.toMatch(/evil|127\.0\.0\.1:\d+/);
    expect(impostor.seen.every(({ path }) => path === '/runner/state')).toBe(true);
  }
});

test('callers stay apart there as they do here', async () => {
  const { keys, settings } = makeKeys({ alice: {}, bob: {} });
  const server = await startGateway([machine.url], settings);
  for (const name of ['alice', 'bob'])
    await callWithKey(`${server.url}/v1/chat/completions`, keys[name], { model: 'sonnet', messages: [{ role: 'user', content: 'hi' }] });
  expect(runner.turns.map(({ tenant }) => tenant)).toEqual(['alice', 'bob']);
});

test('the token is told nowhere', async () => {
  const log: string[] = [];
  const { keys, settings } = makeKeys({ watcher: { admin: true } });
  const server = await startGateway([machine.url, 'http://127.0.0.1:1'], settings, log);
  await callWithKey(`${server.url}/v1/chat/completions`, keys['watcher'], { model: 'sonnet', messages: [{ role: 'user', content: 'hi' }] });
  const told = await Promise.all(
    ['/health', '/stats', '/metrics'].map(async (path) => (await callWithKey(server.url + path, keys['watcher'])).text()),
  );
  expect(told.join()).toContain(machine.url);
  expect(told.join() + log.join()).not.toContain(machine.token);
  // Callers are not told which machines there are.
  const plain = await (await fetch(`${server.url}/health`)).text();
  expect(plain).not.toContain('127.0.0.1');
});
