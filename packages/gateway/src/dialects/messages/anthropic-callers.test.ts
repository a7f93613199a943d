import { expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import type { GatewayOptions } from '../../gateway-options.ts';
import { GatewayError } from '../../gateway-error.ts';
import { createScriptedRunner, textScript, type ScriptedRunnerOptions } from '../../testing/index.ts';

const version = { 'anthropic-version': '2023-06-01' };

function open(runner: ScriptedRunnerOptions = {}, options: Omit<GatewayOptions, 'runner'> = {}) {
  const app = createGateway({ runner: createScriptedRunner(runner), ...options });
  const get = async (path: string, headers: Record<string, string> = version): Promise<Response> => app.request(path, { headers });
  const post = async (path: string, body: unknown, headers: Record<string, string> = version): Promise<Response> =>
    app.request(path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
  return { get, post };
}

const body = { model: 'sonnet', max_tokens: 10, messages: [{ role: 'user', content: 'hi' }] };

test.each<[string, number, string | null, string]>([
  ['bad', 400, null, 'invalid_request_error'],
  ['no key', 401, null, 'authentication_error'],
  ['no money', 402, null, 'billing_error'],
  ['not yours', 403, null, 'permission_error'],
  ['not there', 404, null, 'not_found_error'],
  ['busy', 409, null, 'conflict_error'],
  ['too large', 413, null, 'request_too_large'],
  ['too often', 429, 'rate_limit_exceeded', 'rate_limit_error'],
  ['used up', 429, 'insufficient_quota', 'billing_error'],
  ['broken', 500, null, 'api_error'],
  ['unreachable', 502, null, 'api_error'],
  ['overloaded', 503, 'overloaded', 'overloaded_error'],
  ['too slow', 504, 'timeout', 'timeout_error'],
])('what is %s is said in Anthropic’s form', async (message, status, code, type) => {
  const fails = open({
    script: () => {
      throw new GatewayError(message, { status, code });
    },
  });
  const response = await fails.post('/v1/messages', body, { 'x-request-id': 'req_mine' });
  expect(response.status).toBe(status);
  expect(response.headers.get('request-id')).toBe('req_mine');
  expect(await response.json()).toEqual({
    type: 'error',
    error: { type, message, ...(code !== null && { details: { error_code: code } }) },
    request_id: 'req_mine',
  });
});

test('a prompt that is too long is one in the words that Claude Code looks for', async () => {
  const { post } = open({
    script: () => {
      throw new GatewayError('Too much.', { status: 400, code: 'context_length_exceeded' });
    },
  });
  expect(await (await post('/v1/messages', body)).json()).toMatchObject({
    error: { type: 'invalid_request_error', message: 'prompt is too long: Too much.' },
  });
});

test.each(['/v1/files', '/nowhere', '/v1/conversations/conv_none'])(
  'so are errors of %s, for who speaks Anthropic’s API, and for no other',
  async (path) => {
    const { get } = open();
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      type: 'error',
      error: { type: 'not_found_error' },
      request_id: response.headers.get('request-id'),
    });
    const other = await get(path, {});
    expect(await other.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
    expect(other.headers.get('request-id')).toBeNull();
  },
);

test('models are told in the form of who asks', async () => {
  const { get } = open();
  const sonnet = { type: 'model', id: 'sonnet', display_name: 'Sonnet', created_at: expect.stringMatching(/^\d{4}-.*Z$/) as unknown };
  const page = (await (await get('/v1/models')).json()) as object;
  expect(page).toMatchObject({
    data: [sonnet, { id: 'claude-sonnet-5-5' }],
    has_more: false,
    first_id: 'sonnet',
    last_id: 'claude-sonnet-5-5',
  });
  expect(await (await get('/v1/models/sonnet')).json()).toEqual(sonnet);
  expect((await get('/v1/models/none')).status).toBe(404);
  expect(await (await get('/v1/models', {})).json()).toMatchObject({
    object: 'list',
    data: [{ object: 'model', created: expect.any(Number) as unknown }, {}],
  });
});

test.each<[string, readonly string[], boolean]>([
  ['limit=2', ['a', 'b'], true],
  ['limit=2&after_id=b', ['c', 'd'], false],
  ['limit=1&after_id=b', ['c'], true],
  ['limit=1&before_id=c', ['b'], true],
  ['limit=9&before_id=c', ['a', 'b'], false],
  ['after_id=d', [], false],
])('a page of models: %s', async (query, ids, more) => {
  const models = ['a', 'b', 'c', 'd'].map((id) => ({ id, resolvedId: id, displayName: id }));
  const { get } = open({ models });
  const page = (await (await get(`/v1/models?${query}`)).json()) as { data: { id: string }[]; has_more: boolean };
  expect({ ids: page.data.map(({ id }) => id), more: page.has_more }).toEqual({ ids, more });
});

test.each(['limit=0', 'limit=1001', 'limit=x', 'after_id=none', 'before_id=none'])('no page of models: %s', async (query) => {
  expect((await open().get(`/v1/models?${query}`)).status).toBe(400);
});

test('tokens are counted by estimate, without a turn', async () => {
  const runner = createScriptedRunner({ script: textScript(['no']) });
  const app = createGateway({ runner });
  const ask = async (asked: object): Promise<Response> =>
    app.request('/v1/messages/count_tokens?beta=true', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sonnet', messages: body.messages, ...asked }),
    });
  const short = await ask({});
  expect(short.headers.get('x-token-count')).toBe('estimated');
  const long = (await (await ask({ system: 'x'.repeat(4000), tools: [{ name: 'a', input_schema: {} }] })).json()) as {
    input_tokens: number;
  };
  expect(long.input_tokens).toBeGreaterThan(900);
  expect(Object.keys(long)).toEqual(['input_tokens']);
  expect((await ask({ messages: [] })).status).toBe(400);
  expect((await ask({ model: 'none' })).status).toBe(404);
  expect(runner.turns).toEqual([]);
});

test('tokens are counted by the runner, where it can and all is told', async () => {
  const runner = createScriptedRunner({
    countTokens: async ({ messages, model }) => {
      if (model === 'claude-sonnet-5-5')
        throw new GatewayError('not now', { status: 429, code: 'rate_limit_exceeded', retryAfterSeconds: 3 });
      return messages.length > 1 ? undefined : 77;
    },
  });
  const app = createGateway({ runner, access: { callerOf: () => ({ tenant: 'a', limits: { requestsPerMinute: 5 } }) } });
  const ask = async (path: string, asked: object): Promise<[number, string | null, unknown]> => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'sonnet', ...asked }) };
    const response = await app.request(path, init);
    return [response.status, response.headers.get('x-token-count'), await response.json()];
  };
  const { messages } = body;
  expect(await ask('/v1/messages/count_tokens', { messages })).toEqual([200, 'counted', { input_tokens: 77 }]);
  expect(await ask('/v1/responses/input_tokens', { input: 'hi' })).toMatchObject([200, 'counted', { input_tokens: 77 }]);
  expect(await ask('/v1/responses/input_tokens', { input: 'hi', conversation: 'conv_1' })).toMatchObject([200, 'estimated', {}]);
  const more = [...messages, { role: 'assistant', content: 'yes' }, ...messages];
  expect(await ask('/v1/messages/count_tokens', { messages: more })).toMatchObject([200, 'estimated', {}]);
  const failed = { error: { type: 'rate_limit_error', message: 'not now' } };
  expect(await ask('/v1/messages/count_tokens', { messages, model: 'claude-sonnet-5-5' })).toMatchObject([429, null, failed]);
  expect(await ask('/v1/messages/count_tokens', { messages })).toMatchObject([429, null, { error: { type: 'rate_limit_error' } }]);
  expect(runner.turns).toEqual([]);
});

test('how limits stand is told in Anthropic’s names too', async () => {
  const { post } = open({}, { access: { callerOf: () => ({ tenant: 'a', limits: { requestsPerMinute: 2, tokensPerMinute: 1000 } }) } });
  const { headers } = await post('/v1/messages', body);
  expect(headers.get('anthropic-ratelimit-requests-limit')).toBe('2');
  expect(headers.get('anthropic-ratelimit-requests-remaining')).toBe('1');
  expect(headers.get('anthropic-ratelimit-tokens-limit')).toBe('1000');
  expect(Date.parse(headers.get('anthropic-ratelimit-requests-reset') ?? '')).toBeGreaterThan(Date.now() - 1000);
});
