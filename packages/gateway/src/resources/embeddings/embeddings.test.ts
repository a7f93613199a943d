import { expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import type { Caller } from '../../ports/caller.ts';
import type { TurnFacts } from '../../ports/insight.ts';
import { createScriptedRunner } from '../../testing/index.ts';

const key = 'sk-operators-own';
const answer = {
  object: 'list',
  data: [{ object: 'embedding', index: 0, embedding: [0.1, 1] }],
  model: 'small',
  usage: { prompt_tokens: 7, total_tokens: 7 },
};

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

function setUp(
  reply: (sent: Sent) => Response | Promise<Response> = () => Response.json(answer),
  { caller, timeoutMs }: { caller?: Partial<Caller>; timeoutMs?: number } = {},
) {
  const sent: Sent[] = [];
  const turns: TurnFacts[] = [];
  const app = createGateway({
    runner: createScriptedRunner(),
    bodies: { maxBytes: 100_000 },
    embeddings: {
      url: 'http://other/v1/',
      key,
      models: ['small', 'large'],
      ...(timeoutMs !== undefined && { timeoutMs }),
      fetch: async (url, init) => {
        sent.push({ url, init });
        return reply({ url, init });
      },
    },
    access: caller === undefined ? {} : { callerOf: () => ({ tenant: 'anna', ...caller }) },
    insight: {
      requestEnded: () => {},
      turnEnded: (facts) => turns.push(facts),
      watchGateway: () => {},
      stats: async () => ({}),
      metrics: async () => ({ contentType: '', text: '' }),
    },
  });
  const ask = async (body: object = {}, init: RequestInit = {}) => {
    const response = await app.request('/v1/embeddings', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer callers-own', 'x-secret': 'theirs' },
      body: JSON.stringify({ model: 'small', input: 'hi', ...body }),
      ...init,
    });
    const text = await response.text();
    return { response, text, reply: text === '' ? undefined : JSON.parse(text) };
  };
  return { app, ask, sent, turns };
}

test('the body goes there with the server’s own key, and the answer comes back', async () => {
  const { ask, sent, turns } = setUp();
  const { response, reply } = await ask({ input: ['a', 'b'], dimensions: 2, encoding_format: 'base64', user: 'u' });
  expect([response.status, reply]).toEqual([200, answer]);
  expect(response.headers.get('x-request-id')).toMatch(/./);
  expect(sent[0]?.url).toBe('http://other/v1/embeddings');
  expect(JSON.parse(sent[0]?.init.body as string)).toEqual({
    model: 'small',
    input: ['a', 'b'],
    dimensions: 2,
    encoding_format: 'base64',
    user: 'u',
  });
  expect(sent[0]?.init.headers).toEqual({ accept: 'application/json', 'content-type': 'application/json', authorization: `Bearer ${key}` });
  expect(turns).toMatchObject([{ model: 'small', outcome: 'ok', usage: { inputTokens: 7, outputTokens: 0 } }]);
});

test('tokens count for the caller’s limits', async () => {
  const { ask } = setUp(undefined, { caller: { limits: { tokensPerMinute: 10, requestsPerMinute: 5 } } });
  expect((await ask()).response.headers.get('x-ratelimit-remaining-requests')).toBe('4');
  expect((await ask()).response.headers.get('x-ratelimit-remaining-tokens')).toBe('3');
  expect((await ask()).response.status).toBe(429);
});

test.each<[string, Partial<Caller>, number, string]>([
  ['with a limit in dollars', { limits: { usdPerDay: 1 } }, 400, 'price'],
  ['without this model', { models: ['sonnet', 'large'] }, 404, '`small` does not exist'],
])('a caller %s is refused', async (_, caller, status, why) => {
  const { ask, sent } = setUp(undefined, { caller });
  const { response, reply } = await ask();
  expect([response.status, reply.error.message]).toEqual([status, expect.stringContaining(why)]);
  expect(sent).toEqual([]);
});

test('models are listed, for whom they are allowed, and are not Claude’s', async () => {
  const list = async (caller?: Partial<Caller>, headers = {}): Promise<string[]> => {
    const { app } = setUp(undefined, caller === undefined ? {} : { caller });
    const { data } = (await (await app.request('/v1/models', { headers })).json()) as { data: { id: string }[] };
    return data.map(({ id }) => id);
  };
  expect(await list()).toEqual(['sonnet', 'claude-sonnet-5-5', 'small', 'large']);
  expect(await list({ models: ['large'] })).toEqual(['large']);
  expect(await list(undefined, { 'anthropic-version': '2023-06-01' })).toEqual(['sonnet', 'claude-sonnet-5-5']);
  const { app, ask } = setUp();
  expect((await app.request('/v1/models/large')).status).toBe(200);
  expect((await ask({ model: 'sonnet' })).response.status).toBe(404);
  const chat = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'small', messages: [{ role: 'user', content: 'x' }] }),
  };
  expect((await app.request('/v1/chat/completions', chat)).status).toBe(404);
});

test.each<[string, () => Response, number, string]>([
  [
    'refuses',
    () => Response.json({ error: { message: `Too long, ${key}.`, type: 'x' } }, { status: 400 }),
    400,
    'says: Too long, ********.',
  ],
  ['does not know the model', () => Response.json({ error: 'no such model' }, { status: 404 }), 404, 'says: no such model'],
  ['can’t process it', () => Response.json({ error: { message: 'odd' } }, { status: 422 }), 400, 'says: odd'],
  ['says it in another way', () => new Response('<html>', { status: 413 }), 413, 'says: status 413'],
  [
    'does not take the key',
    () => Response.json({ error: { message: `Wrong key ${key}` } }, { status: 401 }),
    502,
    "does not take this server's key",
  ],
  ['fails', () => new Response(`secret ${key}`, { status: 500 }), 502, 'answered with the status 500'],
  [
    'sends it elsewhere',
    () => new Response(null, { status: 302, headers: { location: 'http://evil/' } }),
    502,
    'answered with the status 302',
  ],
  ['sends no JSON', () => new Response('<html>'), 502, 'something else than embeddings'],
  ['sends other JSON', () => Response.json({ ok: true }), 502, 'something else than embeddings'],
  ['sends nothing', () => new Response(null), 502, 'something else than embeddings'],
  ['sends too much', () => new Response(' '.repeat(200_000)), 502, 'more than 100000 bytes'],
  ['says too much', () => new Response('x'.repeat(200_000), { status: 400 }), 502, 'more than 65536 bytes'],
  [
    'is not there',
    () => {
      throw new TypeError(`fetch failed ${key}`);
    },
    502,
    'can not be reached',
  ],
])('the other server %s', async (_, reply, status, why) => {
  const { ask, turns } = setUp(reply);
  const { response, text, reply: told } = await ask();
  expect([response.status, told.error.message]).toEqual([status, expect.stringContaining(why)]);
  expect(text).not.toContain(key);
  expect(text).not.toContain('http://');
  expect(turns).toMatchObject([{ outcome: 'error', usage: { inputTokens: 0 } }]);
});

test('passes on when to try again', async () => {
  const { ask } = setUp(() => Response.json({ error: { message: 'slow down' } }, { status: 429, headers: { 'retry-after': '7' } }));
  const { response, reply } = await ask();
  expect([response.status, response.headers.get('retry-after'), reply.error.code]).toEqual([429, '7', 'rate_limit_exceeded']);
});

const never = ({ init }: Sent): Promise<Response> =>
  new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error)));

test('waits no longer than it may', async () => {
  const { response, reply } = await setUp(never, { timeoutMs: 20 }).ask();
  expect([response.status, reply.error.message]).toEqual([504, expect.stringContaining('within 20 ms')]);
});

test('a caller who leaves ends the request there', async () => {
  const controller = new AbortController();
  const { ask, sent, turns } = setUp((given) => {
    queueMicrotask(() => controller.abort());
    return never(given);
  });
  const { response } = await ask({}, { signal: controller.signal });
  expect([response.status, sent[0]?.init.signal?.aborted]).toEqual([499, true]);
  expect(turns).toMatchObject([{ outcome: 'left' }]);
});

test.each([
  [{ model: undefined }, 'model'],
  [{ model: 7 }, 'model'],
])('%j is a 400', async (body, param) => {
  const { ask, sent } = setUp();
  const { response, reply } = await ask(body);
  expect([response.status, reply.error.param, sent]).toEqual([400, param, []]);
});
