import type { Turn, Usage } from '@claude-code-api/gateway';
import { noUsage } from '@claude-code-api/gateway/runner-kit';
import { createScriptedRunner, type ScriptEvent } from '@claude-code-api/gateway/testing';
import { createKey, type RunningServer } from '@claude-code-api/node';
import { Redis } from 'ioredis';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeKeys } from '../support/servers/make-keys.ts';
import { readEvents } from '../support/chat/read-events.ts';
import { startRedis, type TestRedis } from '../support/servers/start-redis.ts';
import { startScriptedTestServer } from '../support/servers/start-scripted-test-server.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { until } from '../support/until.ts';

const hi = { model: 'sonnet', messages: [{ role: 'user', content: 'hi' }] };

async function expectRefused(response: Response, status: number, error: object): Promise<void> {
  expect(await response.json()).toMatchObject({ error });
  expect(response.status).toBe(status);
}

function chat(server: TestServer, key: string, body: object = {}): Promise<Response> {
  return server.chat({ ...hi, ...body }, { headers: { authorization: `Bearer ${key}` } });
}

describe('a server with keys', () => {
  const { keys, settings } = makeKeys({ alice: {}, bob: { models: ['haiku'] }, carol: { profiles: ['reader'] }, root: { admin: true } });
  let server: TestServer;
  beforeAll(async () => {
    const profiles = { 'profiles.reader': '{"tools": ["Read"]}', 'profiles.writer': '{"tools": ["Write"]}' };
    server = await startTestServer({ settings: { ...settings, ...profiles } });
  });
  afterAll(() => server.close());
  beforeEach(() => server.mock.reset());

  const get = (path: string, key?: string): Promise<Response> =>
    fetch(`${server.url}${path}`, { headers: key === undefined ? {} : { authorization: `Bearer ${key}` } });

  test('serves who has one, as Bearer or x-api-key, by OpenAI’s own client too', async () => {
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: keys['alice'] });
    expect((await client.chat.completions.create({ ...hi, messages: [{ role: 'user', content: 'hi' }] })).choices[0]?.message.content).toBe(
      'Hello world',
    );
    expect((await server.chat(hi, { headers: { 'x-api-key': keys['alice'] ?? '' } })).status).toBe(200);
  });

  test('serves nobody else, and asks Claude nothing for them', async () => {
    const paths = ['/v1/models', '/v1/models/sonnet', '/v1/conversations', '/v1/conversations/conv_1', '/stats', '/metrics'];
    for (const path of paths) await expectRefused(await get(path), 401, { code: null });
    for (const path of paths) await expectRefused(await get(path, createKey()), 401, { code: 'invalid_api_key' });
    const refused = await server.chat(hi);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    await expectRefused(refused, 401, {});
    await expectRefused(await chat(server, createKey()), 401, { code: 'invalid_api_key' });
    expect(server.mock.messages()).toEqual([]);
    const wrong = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'sk-wrong' });
    await expect(wrong.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  });

  test('shows a key the models that it may use, under all their names, and no others', async () => {
    const listed = (await (await get('/v1/models', keys['bob'])).json()) as { data: { id: string }[] };
    const ids = listed.data.map(({ id }) => id);
    expect(ids).toContain('haiku');
    expect(ids.every((id) => id.includes('haiku'))).toBe(true);
    for (const id of ids) expect((await chat(server, keys['bob'] ?? '', { model: id })).status).toBe(200);
    await expectRefused(await chat(server, keys['bob'] ?? ''), 404, { code: 'model_not_found' });
  });

  test('lets a key have the profiles that it names, and no others', async () => {
    expect((await chat(server, keys['carol'] ?? '', { model: 'reader/sonnet' })).status).toBe(200);
    await expectRefused(await chat(server, keys['carol'] ?? '', { model: 'writer/sonnet' }), 404, { code: 'model_not_found' });
    await expectRefused(await chat(server, keys['alice'] ?? '', { model: 'reader/sonnet' }), 404, { code: 'model_not_found' });
    const listed = (await (await get('/v1/models', keys['alice'])).json()) as { data: { id: string }[] };
    expect(listed.data.filter(({ id }) => id.includes('/'))).toEqual([]);
  });

  test('keeps what belongs to one from the others', async () => {
    const { conversation_id: id } = (await (await chat(server, keys['alice'] ?? '')).json()) as { conversation_id: string };
    expect((await get(`/v1/conversations/${id}`, keys['alice'])).status).toBe(200);
    await expectRefused(await get(`/v1/conversations/${id}`, keys['root']), 404, { code: 'conversation_not_found' });
    await expectRefused(await chat(server, keys['root'] ?? '', { conversation_id: id }), 404, { code: 'conversation_not_found' });
  });

  test('tells how it is to anyone, and of all callers to an admin alone', async () => {
    const anyone = (await (await get('/health')).json()) as object;
    expect(Object.keys(anyone)).toEqual(['status']);
    expect(Object.keys((await (await get('/health', keys['alice'])).json()) as object)).toEqual(['status']);
    expect(await (await get('/health', keys['root'])).json()).toMatchObject({ cli: {}, processes: {} });
    for (const path of ['/stats', '/metrics']) {
      await expectRefused(await get(path, keys['alice']), 403, { code: 'insufficient_permissions' });
      expect((await get(path, keys['root'])).status).toBe(200);
    }
    expect((await get('/dashboard')).status).toBe(200);
  });

  test('writes no key to the log', () => {
    const log = JSON.stringify(server.log);
    for (const key of Object.values(keys)) expect(log).not.toContain(key);
    expect(log).toContain('"caller":"alice"');
  });
});

/** An answer of 30 and 20 tokens that stops in the middle until it is let go, or left. */
let letGo: Promise<unknown> = Promise.resolve();
async function* script({ model }: Turn): AsyncGenerator<ScriptEvent> {
  yield { type: 'turn-start', model, usage: noUsage };
  yield { type: 'text-delta', text: 'Hello' };
  await letGo;
  yield { type: 'text-delta', text: ' world' };
  yield { type: 'usage', usage: { ...noUsage, inputTokens: 30, outputTokens: 20 } };
  yield { type: 'turn-end', reason: 'end_turn' };
}

const costOf = (_model: string, { inputTokens, outputTokens }: Usage): number => (inputTokens * 3 + outputTokens * 15) / 1_000_000;

/** What a key may is counted by the server, whatever answers. */
function ask(server: RunningServer, key: string, body: object = {}, init: RequestInit = {}): Promise<Response> {
  return fetch(`${server.url}/v1/chat/completions`, {
    ...init,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ ...hi, ...body }),
  });
}

describe('limits hold across servers on one Redis', () => {
  const { keys, settings } = makeKeys({
    requests: { requests_per_minute: 3 },
    tokens: { tokens_per_minute: 60 },
    day: { tokens_per_day: 80 },
    usd: { usd_per_month: 0.0005 },
    turns: { concurrent_turns: 2 },
  });
  let redis: TestRedis;
  let servers: RunningServer[];
  beforeAll(async () => {
    redis = await startRedis();
    const shared = { ...settings, 'storage.driver': 'redis', 'storage.url': redis.url, 'cache.enabled': 'false' };
    servers = await Promise.all([0, 1].map(() => startScriptedTestServer(shared, { runner: createScriptedRunner({ script, costOf }) })));
  });
  // What a test that failed has used is nothing to its next try.
  beforeEach(async () => {
    letGo = Promise.resolve();
    const client = new Redis(redis.url);
    await client.flushall();
    client.disconnect();
  });
  afterAll(async () => {
    await Promise.all((servers ?? []).map((server) => server.close()));
    await redis?.kill();
  });

  /** The replies to so many requests, one after the other, on the servers in turn. */
  async function askInTurn(key: string, count: number): Promise<Response[]> {
    const responses: Response[] = [];
    for (let index = 0; index < count; index += 1) responses.push(await ask(servers[index % 2]!, keys[key] ?? ''));
    return responses;
  }

  test('of requests a minute', async () => {
    const responses = await askInTurn('requests', 4);
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(responses.map(({ headers }) => headers.get('x-ratelimit-remaining-requests'))).toEqual(['2', '1', '0', '0']);
    const refused = responses[3]!;
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await expectRefused(refused, 429, { type: 'requests', code: 'rate_limit_exceeded' });
  });

  test('of tokens a minute, counted when a turn has ended', async () => {
    const responses = await askInTurn('tokens', 3);
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(responses[1]!.headers.get('x-ratelimit-remaining-tokens')).toMatch(/^1\d$/);
    await expectRefused(responses[2]!, 429, { type: 'tokens', code: 'rate_limit_exceeded' });
  });

  test('of tokens a day and of dollars a month: asking again soon is of no use', async () => {
    for (const key of ['day', 'usd']) {
      const [, , refused] = await askInTurn(key, 3);
      expect(refused!.headers.get('x-should-retry')).toBe('false');
      await expectRefused(refused!, 429, { type: 'insufficient_quota', code: 'insufficient_quota' });
    }
  });

  test('of turns at once', async () => {
    let go = (): void => {};
    letGo = new Promise<void>((resolve) => (go = resolve));
    const going = await Promise.all(servers.map((server) => ask(server, keys['turns'] ?? '', { stream: true })));
    expect(going.map(({ status }) => status)).toEqual([200, 200]);
    for (const server of servers) await expectRefused(await ask(server, keys['turns'] ?? ''), 429, { code: 'rate_limit_exceeded' });
    go();
    for (const response of going) for await (const event of readEvents(response)) expect(event.error).toBeUndefined();
    expect((await ask(servers[0]!, keys['turns'] ?? '')).status).toBe(200);
  });

  test('a turn that was left gives its place back', async () => {
    const leaving = new AbortController();
    letGo = new Promise(() => {});
    const going = servers.map((server) => ask(server, keys['turns'] ?? '', { stream: true }, { signal: leaving.signal }));
    await Promise.all(going);
    await expectRefused(await ask(servers[0]!, keys['turns'] ?? ''), 429, { code: 'rate_limit_exceeded' });
    leaving.abort();
    letGo = Promise.resolve();
    await expect.poll(async () => (await ask(servers[0]!, keys['turns'] ?? '')).status).toBe(200);
  });
});

test('one who floods the queue does not starve another', async () => {
  const { keys, settings } = makeKeys({ flood: {}, other: {} });
  const runner = createScriptedRunner({ script });
  const queue = { 'claude.max_concurrent_sessions': '1', 'claude.max_queued_requests': '10', 'claude.queue_timeout_seconds': '170' };
  const server = await startScriptedTestServer({ ...settings, ...queue, 'cache.enabled': 'false' }, { runner });
  try {
    const order: string[] = [];
    let refused = 0;
    const enter = async (key: string): Promise<number> => {
      const { status } = await ask(server, keys[key] ?? '');
      if (status === 200) order.push(key);
      else refused += 1;
      return status;
    };
    let go = (): void => {};
    letGo = new Promise<void>((resolve) => (go = resolve));
    const flood = Array.from({ length: 15 }, () => enter('flood'));
    await until(() => runner.turns.length > 0, 'the first turn');
    await until(() => refused === 4, 'the queue to be full');
    const others = [enter('other'), enter('other')];
    await until(() => refused === 6, 'room for the others');
    go();
    expect(await Promise.all(others)).toEqual([200, 200]);
    expect(order.filter((key) => key === 'flood').length).toBeLessThan(6);
    const statuses = await Promise.all(flood);
    expect(statuses.filter((status) => status === 200).length).toBeLessThan(15);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
  } finally {
    await server.close();
  }
});
