import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorReply, rawReply, type Reply } from '@claude-code-api/mock-anthropic';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withoutCacheControl } from '../support/chat/without-cache-control.ts';
import { cloudEnvironment } from '../support/cli/cloud-environment.ts';
import { subscriptionLogin } from '../support/cli/subscription-login.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../support/servers/start-test-server.ts';

const version = { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' };
const messages = [{ role: 'user', content: 'hi' }];

interface Counted {
  readonly status: number;
  readonly header: string | null;
  readonly headers: Headers;
  readonly reply: { readonly input_tokens?: number; readonly error?: { readonly type: string; readonly message: string } };
}

function post(server: TestServer, path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(server.url + path, { method: 'POST', headers: { ...version, ...headers }, body: JSON.stringify(body) });
}

async function count(server: TestServer, body: object = {}, headers: Record<string, string> = {}): Promise<Counted> {
  const response = await post(server, '/v1/messages/count_tokens', { model: 'claude-sonnet-4-5', messages, ...body }, headers);
  const reply = (await response.json()) as Counted['reply'];
  return { status: response.status, header: response.headers.get('x-token-count'), headers: response.headers, reply };
}

const counts = (server: TestServer) => server.mock.requests.filter(({ path }) => path.startsWith('/v1/messages/count_tokens'));

describe('with a key', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  beforeEach(() => server.mock.reset());
  afterAll(() => server.close());

  test('what is counted is what the CLI would send', async () => {
    const thought = { type: 'thinking', thinking: 'Hm.', signature: 'EqQBCgIYAhIM' };
    const asked = {
      model: 'sonnet',
      system: [
        { type: 'text', text: 'one' },
        { type: 'text', text: 'two' },
      ],
      messages: [
        { role: 'user', content: [{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'd' }, title: 't' }] },
        { role: 'assistant', content: [thought, { type: 'tool_use', id: 'toolu_1', name: 'now', input: { zone: 'Z' } }] },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'toolu_1', content: 'noon' },
            { type: 'text', text: 'so?' },
          ],
        },
      ],
      tools: [{ name: 'now', description: 'Time.', input_schema: { type: 'object' } }],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      thinking: { type: 'adaptive' },
      output_config: { effort: 'low' },
    };
    server.mock.countWith((body) => JSON.stringify(body).length);
    const { status, header, reply } = await count(server, asked);
    expect([status, header]).toEqual([200, 'counted']);
    const [request] = counts(server);
    expect(request?.headers['x-api-key']).toBe('sk-ant-test-key');
    expect(reply).toEqual({ input_tokens: JSON.stringify(request?.body).length });
    const turn = await post(server, '/v1/messages', { ...asked, max_tokens: 100 });
    expect(turn.status).toBe(200);
    const { max_tokens: _max, stream: _stream, metadata: _own, system, ...sent } = withoutCacheControl(server.mock.messages()[0]!.body);
    const { context_management: _management, ...said } = sent;
    const { system: countedSystem, ...counted } = (request?.body ?? {}) as Record<string, unknown>;
    expect(counted).toEqual(said);
    expect(countedSystem).toEqual(typeof system === 'string' ? system : system?.at(-1)?.text);
  });

  test('what a turn would go on without is not counted either: thinking that an earlier call came without', async () => {
    const asked = {
      thinking: { type: 'enabled', budget_tokens: 1024 },
      messages: [
        { role: 'user', content: 'time?' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'now', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'noon' }] },
      ],
      tools: [{ name: 'now', input_schema: { type: 'object' } }],
    };
    expect(await count(server, asked)).toMatchObject({ status: 200, header: 'counted' });
    expect(counts(server)[0]?.body).not.toHaveProperty('thinking');
  });

  test('betas of the request, a window of a million, and what is no input', async () => {
    const headers = { 'anthropic-beta': 'files-api-2025-04-14,interleaved-thinking-2025-05-14' };
    expect(await count(server, { model: 'claude-sonnet-4-5[1m]', service_tier: 'auto', temperature: 0.5 }, headers)).toMatchObject({
      status: 200,
      header: 'counted',
    });
    const [request] = counts(server);
    expect(request?.headers['anthropic-beta']).toContain('files-api-2025-04-14,interleaved-thinking-2025-05-14,context-1m-2025-08-07');
    expect(request?.body).toEqual({ model: 'claude-sonnet-4-5', messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] });
  });

  const raw = (status: number, text: string): Reply =>
    rawReply((_, response) => void response.writeHead(status, { 'content-type': 'application/json' }).end(text));

  test.each<[string, Reply, object]>([
    [
      'refuses it',
      errorReply(400, 'invalid_request_error', 'messages: odd'),
      { status: 400, reply: { error: { message: 'messages: odd' } } },
    ],
    [
      'knows no such model',
      errorReply(404, 'not_found_error', 'model: claude-sonnet-4-5'),
      { status: 404, reply: { error: { type: 'not_found_error' } } },
    ],
    ['has no such endpoint', errorReply(404, 'not_found_error', 'Not found'), { status: 200, header: 'estimated' }],
    ['has no such endpoint, as others say it', raw(405, '{"detail":"Method Not Allowed"}'), { status: 200, header: 'estimated' }],
    [
      'does not take the key',
      errorReply(401, 'authentication_error', 'invalid x-api-key sk-ant-test-key'),
      { status: 401, reply: { error: { type: 'authentication_error', message: expect.not.stringContaining('sk-ant') } } },
    ],
    ['is asked too often', errorReply(429, 'rate_limit_error', 'slow down', { 'retry-after': '7' }), { status: 429 }],
    ['is overloaded', errorReply(529, 'overloaded_error', 'Overloaded'), { reply: { error: { type: 'overloaded_error' } } }],
    ['fails', errorReply(500, 'api_error', 'oops'), { status: 500, reply: { error: { type: 'api_error' } } }],
    ['sends elsewhere', raw(302, ''), { status: 500 }],
    [
      'says no number',
      raw(200, '{"input_tokens":"many"}'),
      { status: 502, reply: { error: { message: expect.stringContaining('otherwise') } } },
    ],
    ['says no JSON', raw(200, '<html>'), { status: 502 }],
    ['says too much', raw(200, ' '.repeat(100_000)), { status: 502 }],
    ['breaks off', rawReply((_, response) => void response.destroy()), { status: 502 }],
  ])('the API %s', async (_, answer, expected) => {
    server.mock.countWith(() => answer);
    const counted = await count(server);
    expect(counted).toMatchObject(expected);
    if (counted.status === 429) expect(counted.headers.get('retry-after')).toBe('7');
    expect(counts(server)).toHaveLength(1);
  });

  test('a caller who leaves ends the request there', async () => {
    server.mock.countWith(() => rawReply(() => new Promise(() => {})));
    const leaving = new AbortController();
    const body = JSON.stringify({ model: 'claude-sonnet-4-5', messages });
    const init = { method: 'POST', headers: version, body, signal: leaving.signal };
    const left = fetch(`${server.url}/v1/messages/count_tokens`, init).catch((error: unknown) => String(error));
    await expect.poll(() => counts(server)).toHaveLength(1);
    leaving.abort();
    expect(await left).toContain('AbortError');
    await expect.poll(() => counts(server)[0]?.closedEarlyAt).toBeDefined();
  });
});

describe('of other logins', () => {
  let home: string;
  let server: TestServer | undefined;
  beforeEach(async () => {
    home = await makeTemporaryDirectory();
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
    await rm(home, { recursive: true, force: true });
  });

  async function start(environment: Record<string, string>, options: TestServerOptions = {}): Promise<TestServer> {
    server = await startTestServer({
      ...options,
      environment: { HOME: home, ...environment },
      runner: { maxLive: 0 },
    });
    return server;
  }

  test('a subscription’s token counts nothing: the API is not asked', async () => {
    const started = await start(subscriptionLogin(home));
    expect(await count(started)).toMatchObject({ status: 200, header: 'estimated' });
    expect(counts(started)).toEqual([]);
  });

  test.each([{ ANTHROPIC_AUTH_TOKEN: 'sk-ant-oat01-x', ANTHROPIC_API_KEY: '' }, { ANTHROPIC_API_KEY: 'sk-ant-oat01-x' }])(
    'nor does one that is given as %o',
    async (environment) => {
      const started = await start(environment);
      expect(await count(started)).toMatchObject({ status: 200, header: 'estimated' });
      expect(counts(started)).toEqual([]);
    },
  );

  test('a cloud has a way of its own', async () => {
    const started = await start(cloudEnvironment('bedrock', 'http://127.0.0.1:9'));
    expect(await count(started, { model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0' })).toMatchObject({
      status: 200,
      header: 'estimated',
    });
  });

  test('of an agent not all is known that it hears', async () => {
    const started = await start({}, { settings: { 'profiles.agent': '{"tools": ["Read"]}' } });
    expect(await count(started, { model: 'agent/claude-sonnet-4-5' })).toMatchObject({ status: 200, header: 'estimated' });
    expect(counts(started)).toEqual([]);
  });

  test.each<[string, Record<string, string>, object?]>([
    ['a token', { ANTHROPIC_API_KEY: '', ANTHROPIC_AUTH_TOKEN: 'a-token' }],
    ['a key and a token', { ANTHROPIC_API_KEY: 'a-key', ANTHROPIC_AUTH_TOKEN: 'a-token' }],
    [
      'headers of the operator’s',
      { ANTHROPIC_API_KEY: 'a-key', ANTHROPIC_CUSTOM_HEADERS: 'X-Team: blue: green\nx-other: 1\nanthropic-version: 1' },
    ],
    ['a helper', { ANTHROPIC_API_KEY: '' }, { apiKeyHelper: 'echo of-the-helper' }],
  ])('%s goes to the API as the CLI sends it', async (_, environment, settings) => {
    await mkdir(join(home, '.claude'));
    if (settings !== undefined) await writeFile(join(home, '.claude', 'settings.json'), JSON.stringify(settings));
    const started = await start(environment);
    expect(await count(started)).toMatchObject({ status: 200, header: 'counted' });
    expect((await post(started, '/v1/messages', { model: 'claude-sonnet-4-5', messages, max_tokens: 10 })).status).toBe(200);
    const names = ['x-api-key', 'authorization', 'x-team', 'x-other', 'anthropic-version'];
    const [counted, sent] = [counts(started)[0], started.mock.messages()[0]].map((request) => names.map((name) => request?.headers[name]));
    expect(counted).toEqual(sent);
  });

  test('a proxy is gone by, as the CLI does', async () => {
    const asked: string[] = [];
    const proxy = createServer().listen(0, '127.0.0.1');
    proxy.on('connect', ({ url = '' }, client, head) => {
      asked.push(url);
      const [host, port] = url.split(':');
      const target = connect(Number(port), host, () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        target.write(head);
        target.pipe(client).pipe(target);
      });
      target.on('error', () => client.destroy());
      client.on('error', () => target.destroy());
    });
    await once(proxy, 'listening');
    try {
      const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      const started = await start({ HTTP_PROXY: url, http_proxy: url, NO_PROXY: '', no_proxy: '' });
      expect(await count(started)).toMatchObject({ status: 200, header: 'counted' });
      expect(asked).toEqual([new URL(started.mock.url).host]);
    } finally {
      proxy.close();
      proxy.closeAllConnections();
    }
  });
});
