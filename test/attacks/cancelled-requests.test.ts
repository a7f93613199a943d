import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunningServer } from '@claude-code-api/node';
import { createScriptedRunner } from '@claude-code-api/gateway/testing';
import { noUsage } from '../../packages/gateway/src/turn/usage.ts';
import { callWithKey } from '../support/chat/call-with-key.ts';
import { makeKeys } from '../support/servers/make-keys.ts';
import { startScriptedTestServer } from '../support/servers/start-scripted-test-server.ts';

const { keys, settings } = makeKeys({ boss: { admin: true }, ada: {}, eve: {} });
const ask = { model: 'sonnet', messages: [{ role: 'user', content: 'hi' }] };

let locked: RunningServer;
let open: RunningServer;
/** How many turns were cut. */
let cut = 0;
/** Lets all turns end well. */
let finish = (): void => {};
let finished: Promise<void>;

const runner = () =>
  createScriptedRunner({
    async *script(turn, signal) {
      yield { type: 'turn-start', model: turn.model, usage: noUsage };
      yield { type: 'text-delta', text: 'Begun' };
      const aborted = new Promise<void>((_, reject) =>
        signal.addEventListener('abort', () => {
          cut += 1;
          reject(signal.reason);
        }),
      );
      await Promise.race([aborted, finished]);
      yield { type: 'usage', usage: noUsage };
      yield { type: 'turn-end', reason: 'end_turn' };
    },
  });

beforeAll(async () => {
  locked = await startScriptedTestServer(settings, { runner: runner() });
  open = await startScriptedTestServer({}, { runner: runner() });
});
beforeEach(() => {
  cut = 0;
  finished = new Promise((resolve) => (finish = resolve));
});
// Also where a test has failed before: nothing of it is there when it is tried again.
afterEach(() => finish());
afterAll(async () => {
  await locked?.close();
  await open?.close();
});

interface Running {
  readonly id: string;
  readonly request_id: string;
  readonly key: string;
}

async function listOf(server: RunningServer, key?: string): Promise<Running[]> {
  const { now } = (await (await callWithKey(`${server.url}/stats`, key)).json()) as { now: { requests: Running[] } };
  return now.requests;
}

/** A stream that has begun, and the id by which it can be cancelled. */
async function begin(
  server: RunningServer,
  key?: string,
  headers: Record<string, string> = {},
): Promise<{ id: string; text: Promise<string> }> {
  const before = new Set((await listOf(server, keys['boss'])).map(({ id }) => id));
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization, ...headers },
    body: JSON.stringify({ ...ask, stream: true }),
  });
  expect(response.status).toBe(200);
  const added = (await listOf(server, keys['boss'])).find(({ id }) => !before.has(id));
  return { id: added?.id ?? '', text: response.text() };
}

const cancel = (server: RunningServer, id: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${server.url}/requests/${id}`, { method: 'DELETE', headers });
const sendTo = (server: RunningServer, method: string, path: string, headers: Record<string, string>): Promise<Response> =>
  fetch(`${server.url}${path}`, { method, headers });
const as = (name: string): Record<string, string> => ({ authorization: `Bearer ${keys[name]}` });

describe('who is not the operator', () => {
  test.each([
    ['a stranger', () => ({}), 401],
    ['a stranger with a key of another server', () => ({ authorization: 'Bearer cca_wrong' }), 401],
    ['another tenant', () => as('eve'), 403],
    ['its own caller', () => as('ada'), 403],
  ] as const)('%s neither sees nor cancels it', async (_, headers, status) => {
    const { id, text } = await begin(locked, keys['ada']);
    expect((await cancel(locked, id, headers())).status).toBe(status);
    // It is not told whether there is one either.
    expect((await cancel(locked, 'none', headers())).status).toBe(status);
    expect((await fetch(`${locked.url}/stats`, { headers: headers() })).status).toBe(status);
    finish();
    expect(await text).toContain('[DONE]');
    expect(cut).toBe(0);
  });
});

describe('a page of another origin', () => {
  const origin = { origin: 'https://evil.example' };

  test('cancels nothing, whatever it sends, where nobody has a key', async () => {
    const { id, text } = await begin(open);
    expect((await sendTo(open, 'DELETE', `/requests/${id}`, origin)).status).toBe(403);
    expect((await sendTo(open, 'DELETE', `/requests/${id}`, { origin: 'null' })).status).toBe(403);
    finish();
    expect(await text).toContain('[DONE]');
    expect(cut).toBe(0);
  });

  test('has no request that it may send unasked, where origins are not checked: what is not DELETE does nothing, and DELETE is not allowed it', async () => {
    const { id, text } = await begin(open);
    for (const method of ['GET', 'POST', 'HEAD']) {
      const headers = { 'content-type': 'text/plain', 'x-http-method-override': 'DELETE' };
      expect((await sendTo(open, method, `/requests/${id}?_method=DELETE`, headers)).status, method).toBe(404);
    }
    const preflight = await sendTo(open, 'OPTIONS', `/requests/${id}`, { ...origin, 'access-control-request-method': 'DELETE' });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
    expect(preflight.headers.get('access-control-allow-methods')).toBeNull();
    finish();
    expect(await text).toContain('[DONE]');
    expect(cut).toBe(0);
  });
});

describe('the operator', () => {
  test('ends the one that is meant, and no other of the same name; its caller is told', async () => {
    const name = { 'x-request-id': 'the-same' };
    const [one, other] = [await begin(locked, keys['ada'], name), await begin(locked, keys['eve'], name)];
    expect(await listOf(locked, keys['boss'])).toMatchObject([
      { id: one.id, request_id: 'the-same', key: 'ada' },
      { id: other.id, request_id: 'the-same', key: 'eve' },
    ]);
    expect((await cancel(locked, 'the-same', as('boss'))).status).toBe(404);
    const response = await cancel(locked, one.id, as('boss'));
    expect([response.status, await response.json()]).toEqual([200, { id: one.id, object: 'request', deleted: true }]);
    expect(await one.text).toContain('"code":"request_cancelled"');
    expect((await cancel(locked, one.id, as('boss'))).status).toBe(404);
    finish();
    expect(await other.text).toContain('[DONE]');
    expect(cut).toBe(1);
  });

  test.each(['__proto__', 'constructor', '..%2f..%2fstats', '%00', 'x'.repeat(5000), '%F0%9F%99%82'])(
    'finds nothing by the id %s',
    async (id) => {
      expect((await cancel(locked, id, as('boss'))).status).toBe(404);
    },
  );
});
