/** The server that embeddings come from gets nothing of a caller but the body, and no caller gets anything of what it is asked with, or more than may be. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createGateway } from '@claude-code-api/gateway';
import { createScriptedRunner } from '@claude-code-api/gateway/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { makeKeys } from '../support/servers/make-keys.ts';
import { startSmallServer, type SmallServer } from './start-small-server.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const ownKey = 'sk-of-the-other-server';
const maxBodyBytes = 1_000_000;
const embeddings = JSON.stringify({
  object: 'list',
  data: [{ object: 'embedding', index: 0, embedding: [0.5] }],
  model: 'small',
  usage: { prompt_tokens: 4, total_tokens: 4 },
});
const json = { 'content-type': 'application/json' };
const usual: Answer = (_, response) => void response.writeHead(200, json).end(embeddings);

let other: Server;
let elsewhere: Server;
let server: SmallServer;
let answer: Answer = usual;
let asked: { headers: IncomingMessage['headers']; url: string | undefined; body: string }[] = [];
let askedElsewhere = 0;
const { keys, settings } = makeKeys({
  ada: { models: ['small', 'sonnet'] },
  bob: { models: ['sonnet'] },
  cy: { usd_per_day: 5 },
  dan: { tokens_per_minute: 6 },
  eve: { requests_per_minute: 2 },
  fay: { concurrent_turns: 1 },
});

const urlOf = (listening: Server): string => `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;

async function listen(handle: Answer): Promise<Server> {
  const started = createServer(handle).listen(0, '127.0.0.1');
  await once(started, 'listening');
  return started;
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  asked.push({ headers: request.headers, url: request.url, body: await text(request) });
  answer(request, response);
}

beforeAll(async () => {
  elsewhere = await listen((_, response) => {
    askedElsewhere += 1;
    response.end(embeddings);
  });
  other = await listen((request, response) => void serve(request, response).catch(() => {}));
  server = await startSmallServer({
    ...settings,
    'embeddings.url': `${urlOf(other)}/v1`,
    'embeddings.key': ownKey,
    'embeddings.models': '["small"]',
    'server.max_body_bytes': String(maxBodyBytes),
  });
});
afterEach(() => {
  answer = usual;
  asked = [];
});
afterAll(async () => {
  await server?.close();
  for (const each of [other, elsewhere]) {
    each.close();
    each.closeAllConnections();
  }
});

interface Told {
  readonly status: number;
  /** Headers and body. */
  readonly all: string;
  readonly body: string;
}

async function embed(key: string, body: object = {}, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Told> {
  const response = await fetch(`${server.url}/v1/embeddings`, {
    method: 'POST',
    headers: { ...json, authorization: `Bearer ${keys[key]}`, ...headers },
    body: JSON.stringify({ model: 'small', input: 'hi', ...body }),
    ...(signal !== undefined && { signal }),
  });
  const said = await response.text();
  return { status: response.status, all: JSON.stringify([...response.headers]) + said, body: said };
}

test('the other server gets the body, and no header of the caller’s', async () => {
  const given = {
    'x-forwarded-for': '10.0.0.1',
    cookie: 'session=secret',
    'x-secret': 's',
    'openai-organization': 'org',
    'user-agent': 'mine',
  };
  expect((await embed('ada', { url: 'http://evil.example/', key: 'mine' }, given)).status).toBe(200);
  const [{ headers, url, body } = { headers: {}, url: '', body: '' }] = asked;
  expect(url).toBe('/v1/embeddings');
  expect(headers.authorization).toBe(`Bearer ${ownKey}`);
  const sent = JSON.stringify(headers);
  for (const value of [keys['ada'] ?? 'none', 'session=secret', '10.0.0.1', 'x-secret', 'organization', 'mine'])
    expect(sent).not.toContain(value);
  expect(body).not.toContain(keys['ada']);
});

test.each<[string, number, Record<string, string>, string]>([
  ['an error of the caller’s', 400, {}, `{"error":{"message":"bad key ${ownKey}?"}}`],
  ['an error of a wrong key', 401, {}, `{"error":{"message":"Incorrect API key provided: ${ownKey}"}}`],
  ['an error of its own', 500, {}, `trace: authorization=${ownKey}`],
  ['a limit', 429, { 'x-key': ownKey }, `{"error":"slow down ${ownKey}"}`],
  ['embeddings with headers', 200, { 'x-echo': ownKey, 'set-cookie': `k=${ownKey}` }, embeddings],
  ['embeddings with the key in them', 200, {}, embeddings.replace('"small"', `"${ownKey}"`)],
  ['no embeddings', 200, {}, `{"authorization":"${ownKey}"}`],
])('its key never leaks: by %s', async (_, status, headers, body) => {
  answer = (_request, response) => void response.writeHead(status, { ...json, ...headers }).end(body);
  const { all } = await embed('ada');
  expect(all).not.toContain(ownKey);
  expect(all).not.toContain(urlOf(other));
});

test.each([301, 302, 303, 307, 308])('a redirection (%i) is not followed', async (status) => {
  answer = (_, response) => void response.writeHead(status, { location: `${urlOf(elsewhere)}/v1/embeddings` }).end();
  const { status: told, all } = await embed('ada');
  expect([told, askedElsewhere]).toEqual([502, 0]);
  expect(all).not.toContain(urlOf(elsewhere));
});

test('a reply that has no end takes no more memory than a body may have', async () => {
  const before = await server.peakBytes();
  answer = (_, response) => {
    response.writeHead(200, json);
    const chunk = Buffer.alloc(65_536, 32);
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  };
  const replies = await Promise.all(Array.from({ length: 8 }, () => embed('ada')));
  expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 502));
  const peak = await server.peakBytes();
  if (before !== undefined && peak !== undefined) expect(peak - before).toBeLessThan(100_000_000);
});

test.each<[string, Answer]>([
  ['never answers', () => {}],
  ['never ends', (_, response) => void response.writeHead(200, json).write('{')],
  [
    'drips',
    (_, response) => {
      response.writeHead(200, json);
      const timer = setInterval(() => void response.write(' '), 100);
      response.on('close', () => clearInterval(timer));
    },
  ],
])('one that %s is left after its time', async (_, slow) => {
  let isLeft = false;
  answer = (request, response) => {
    response.on('close', () => (isLeft = true));
    slow(request, response);
  };
  const asIs = { url: `${urlOf(other)}/v1`, key: ownKey, models: ['small'], timeoutMs: 3000 };
  const gateway = createGateway({ runner: createScriptedRunner(), embeddings: asIs });
  const body = '{"model":"small","input":"hi"}';
  expect((await gateway.request('/v1/embeddings', { method: 'POST', headers: json, body })).status).toBe(504);
  await expect.poll(() => isLeft).toBe(true);
});

test('a caller who leaves ends the request there', async () => {
  let isLeft = false;
  const leaving = new AbortController();
  answer = (_, response) => {
    response.on('close', () => (isLeft = true));
    leaving.abort();
  };
  await expect(embed('ada', {}, {}, leaving.signal)).rejects.toThrow();
  await expect.poll(() => isLeft).toBe(true);
});

test('a model that is not a caller’s, or not one of embeddings, is not asked for', async () => {
  expect((await embed('bob')).status).toBe(404);
  for (const model of ['sonnet', 'large', '../chat', 'small\n', ''])
    expect((await embed('ada', { model })).status).toBeGreaterThanOrEqual(400);
  const anonymous = await fetch(`${server.url}/v1/embeddings`, { method: 'POST', headers: json, body: '{"model":"small","input":"x"}' });
  expect(anonymous.status).toBe(401);
  expect(asked).toEqual([]);
});

test('budgets hold: one in dollars, whose price nobody knows; tokens; requests; turns at once', async () => {
  expect((await embed('cy')).status).toBe(400);
  expect(asked).toEqual([]);
  const tokens: number[] = [];
  for (let count = 0; count < 4; count += 1) tokens.push((await embed('dan')).status);
  expect(tokens).toEqual([200, 200, 429, 429]);
  const requests: number[] = [];
  for (let count = 0; count < 3; count += 1) requests.push((await embed('eve')).status);
  expect(requests).toEqual([200, 200, 429]);
  const arrived = new Promise<() => void>((resolve) => (answer = (...asking) => resolve(() => usual(...asking))));
  const both = [embed('fay'), embed('fay')];
  expect((await Promise.race(both)).status).toBe(429);
  (await arrived)();
  expect((await Promise.all(both)).map(({ status }) => status).toSorted((one, two) => one - two)).toEqual([200, 429]);
});

test('its models are listed for whom they are allowed, in OpenAI’s form only', async () => {
  const list = async (key: string, headers = {}): Promise<string[]> => {
    const response = await fetch(`${server.url}/v1/models`, { headers: { authorization: `Bearer ${keys[key]}`, ...headers } });
    return ((await response.json()) as { data: { id: string }[] }).data.map(({ id }) => id);
  };
  expect(await list('ada')).toContain('small');
  expect(await list('bob')).not.toContain('small');
  expect(await list('ada', { 'anthropic-version': '2023-06-01' })).not.toContain('small');
});
