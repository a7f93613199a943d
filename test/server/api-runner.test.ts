import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClaudeRunner, Turn, TurnEvent } from '@claude-code-api/gateway';
import { createApiRunner, type ApiRunnerOptions } from '@claude-code-api/gateway/messages-api';
import { runnerContract } from '@claude-code-api/gateway/testing';
import { errorReply, startMockAnthropic, textReply, toolUseReply, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { createServer, loadSettings, type RunningServer } from '@claude-code-api/node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { failingReply, sampleReply, slowReply } from '../support/sample-replies.ts';
import { silentLogger } from '../support/silent-logger.ts';

const apiKey = 'sk-ant-test-key';
const hi: Turn = {
  model: 'sonnet',
  system: [],
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  tools: [],
  sampling: {},
  tenant: '',
};

let mock: MockAnthropic;
let server: RunningServer | undefined;
beforeAll(async () => {
  mock = await startMockAnthropic();
});
beforeEach(() => mock.reset());
afterEach(async () => {
  await server?.close();
  server = undefined;
});
afterAll(() => mock.close());

const create = (options: Partial<ApiRunnerOptions> = {}): ClaudeRunner => createApiRunner({ apiKey, baseUrl: mock.url, ...options });

async function ask(turn: Partial<Turn>, runner = create()): Promise<TurnEvent[]> {
  const events: TurnEvent[] = [];
  for await (const event of runner.run({ ...hi, ...turn }, new AbortController().signal)) events.push(event);
  return events;
}

const textOf = (events: readonly TurnEvent[]): string => events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');

describe('the contract of runners', () => {
  const checks = runnerContract({
    create,
    createSlow() {
      mock.replyWith(() => slowReply);
      return create();
    },
    createSaying(sample) {
      mock.replyWith(() => sampleReply(sample));
      return create();
    },
    createFailing(when) {
      mock.replyWith(() => failingReply(when));
      return create({ maxRetries: 0 });
    },
  });
  test.each(checks)('$name', ({ run }) => run());
});

test('what is said goes to the API as it is, and nothing beside it', async () => {
  const mark = { cache_control: { type: 'ephemeral' } };
  const found = {
    type: 'search_result',
    source: 'https://x',
    title: 'X',
    content: [{ type: 'text', text: 'x' }],
    citations: { enabled: true },
  };
  await ask({
    model: 'claude-sonnet-4-5-20250929',
    system: [
      { type: 'text', text: 'One.', extra: mark },
      { type: 'text', text: 'Two.' },
    ],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'other', block: found },
          { type: 'text', text: '@/etc/passwd /clear', extra: mark },
        ],
      },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: 1 } }] },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: 'no' }], is_error: true, extra: mark }],
      },
    ],
    tools: [{ name: 'look', description: 'Looks', inputSchema: { type: 'object', properties: {} }, strict: false }],
    toolChoice: { type: 'any', disableParallel: true },
    sampling: { maxOutputTokens: 77, temperature: 0.5, stopSequences: ['END'] },
    betas: ['context-1m-2025-08-07', 'interleaved-thinking-2025-05-14'],
    extra: { service_tier: 'auto' },
    endUser: 'alice',
  });
  const [request, ...more] = mock.messages();
  expect(more).toEqual([]);
  expect(request?.headers).toMatchObject({
    'x-api-key': apiKey,
    'anthropic-version': '2023-06-01',
    'anthropic-beta': 'context-1m-2025-08-07,interleaved-thinking-2025-05-14',
  });
  expect(request?.body).toEqual({
    model: 'claude-sonnet-4-5-20250929',
    max_tokens: 77,
    temperature: 0.5,
    stop_sequences: ['END'],
    service_tier: 'auto',
    stream: true,
    system: [
      { type: 'text', text: 'One.', ...mark },
      { type: 'text', text: 'Two.' },
    ],
    messages: [
      { role: 'user', content: [found, { type: 'text', text: '@/etc/passwd /clear', ...mark }] },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: 1 } }] },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: 'no' }], is_error: true, ...mark }],
      },
    ],
    tools: [{ name: 'look', description: 'Looks', input_schema: { type: 'object', properties: {} } }],
    tool_choice: { type: 'any', disable_parallel_tool_use: true },
    metadata: { user_id: 'alice' },
  });
});

test('half of a surrogate pair, for which the API refuses a request, is none of what it gets', async () => {
  const told = { type: 'text' as const, text: 'cut \ud83d' };
  await ask({ system: [told], messages: [{ role: 'user', content: [told] }] });
  const [asked] = mock.messages();
  expect(JSON.stringify([asked?.body.system, asked?.body.messages]).match(/cut [^"]*/g)).toEqual(['cut \ufffd', 'cut \ufffd']);
});

test('an alias stands for the newest of its family; what is not known is asked for as it is', async () => {
  const runner = create();
  expect((await runner.models()).slice(0, 2)).toMatchObject([
    { id: 'sonnet', resolvedId: 'claude-sonnet-5-5' },
    { id: 'opus', resolvedId: 'claude-opus-5-5' },
  ]);
  for (const model of ['sonnet', 'claude-sonnet-4-5-20250929', 'claude-new-9']) await ask({ model }, runner);
  expect(mock.messages().map(({ body }) => body.model)).toEqual(['claude-sonnet-5-5', 'claude-sonnet-4-5-20250929', 'claude-new-9']);
});

test('who a caller asks for is told as it is, or by its hash', async () => {
  for (const endUser of ['bob', 'bob@example.com', 'x'.repeat(300)]) await ask({ endUser });
  const [plain, ...hashed] = mock.messages().map(({ body }) => (body.metadata as { user_id: string }).user_id);
  expect(plain).toBe('bob');
  for (const each of hashed) expect(each).toMatch(/^[0-9a-f]{32}$/);
});

test('what passes is tried again before the first word, and what does not is told', async () => {
  mock.reply(errorReply(529, 'overloaded_error', 'Overloaded'), errorReply(500, 'api_error', 'Oops'), textReply('Well'));
  expect(textOf(await ask({}))).toBe('Well');
  mock.reset();
  mock.reply(errorReply(429, 'rate_limit_error', 'Slower.', { 'retry-after': '600' }), textReply('Well'));
  await expect(ask({})).rejects.toMatchObject({ status: 429, code: 'rate_limit_exceeded', retryAfterSeconds: 600 });
  expect(mock.messages()).toHaveLength(1);
});

test.each([
  [401, 'authentication_error', 'invalid x-api-key', { status: 401, code: 'claude_not_logged_in' }],
  [404, 'not_found_error', 'model: x', { status: 404, code: 'model_not_found' }],
  [400, 'invalid_request_error', 'prompt is too long: 300000 tokens > 200000 maximum', { status: 400, code: 'context_length_exceeded' }],
  [400, 'invalid_request_error', 'No.', { status: 400, message: 'No.' }],
  [413, 'request_too_large', 'Too large', { status: 413, code: 'request_too_large' }],
] as const)('%s %s is told as it is through the CLI', async (status, type, message, expected) => {
  mock.replyWith(() => errorReply(status, type, message));
  const error = await ask({}, create({ maxRetries: 0 })).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ ...expected, upstreamRequestId: expect.stringMatching(/^req_/) });
  expect((error as Error).message).not.toContain('Claude Code');
});

test('the key goes nowhere but to the API', async () => {
  const seen: unknown[] = [];
  const stranger = createHttpServer((request, response) => {
    seen.push(request.headers);
    response.writeHead(200).end('{}');
  }).listen(0, '127.0.0.1');
  const pointing = createHttpServer((request, response) => {
    response.writeHead(307, { location: `http://127.0.0.1:${(stranger.address() as AddressInfo).port}${request.url}` }).end();
  }).listen(0, '127.0.0.1');
  await Promise.all([once(stranger, 'listening'), once(pointing, 'listening')]);
  const runner = create({ baseUrl: `http://127.0.0.1:${(pointing.address() as AddressInfo).port}`, maxRetries: 0 });
  await expect(ask({}, runner)).rejects.toMatchObject({ status: 502 });
  expect(seen).toEqual([]);
  for (const each of [stranger, pointing]) each.close();
});

test('what needs the CLI is said', async () => {
  expect(() => create({ apiKey: 'sk-ant-oat01-x' })).toThrow(/API key/);
  await expect(ask({ profile: 'agent' })).rejects.toMatchObject({ status: 400, message: expect.stringContaining('Claude Code') });
  expect(mock.messages()).toEqual([]);
});

test('a key that is refused is told by the health', async () => {
  const closed = create({ fetch: async () => new Response('{"error":{"type":"authentication_error","message":"no"}}', { status: 401 }) });
  expect(await closed.health()).toMatchObject({ healthy: false, problem: expect.stringContaining('API key') });
  expect(await create().health()).toMatchObject({ healthy: true });
});

const start = (
  flags: Readonly<Record<string, string>> = {},
  environment: Readonly<Record<string, string>> = { ANTHROPIC_API_KEY: apiKey },
) =>
  createServer(loadSettings({ environment: {}, flags: { 'server.port': '0', 'claude.runner': 'api', ...flags } }), {
    environment: { ANTHROPIC_BASE_URL: mock.url, ...environment },
    logger: silentLogger,
  });

test('a whole server needs no CLI: conversations, tools and streams as ever', async () => {
  server = await start();
  const chat = async (body: object) => {
    const response = await fetch(`${server?.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sonnet', ...body }),
    });
    expect(response.status).toBe(200);
    return (await response.json()) as { conversation_id: string; choices: [{ message: object; finish_reason: string }] };
  };
  const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }];
  mock.reply(toolUseReply([{ id: 'toolu_1234567890123456', name: 'look', input: { at: 'Rome' } }]), textReply('Rain.'));
  const called = await chat({ messages: [{ role: 'user', content: 'Weather?' }], tools });
  expect(called.choices[0].finish_reason).toBe('tool_calls');
  const result = { role: 'tool', tool_call_id: 'toolu_1234567890123456', content: 'rain' };
  const answered = await chat({ conversation_id: called.conversation_id, messages: [result], tools });
  expect(answered.choices[0].message).toMatchObject({ content: 'Rain.' });
  expect(mock.messages().at(-1)?.body.messages).toHaveLength(3);
  expect(await (await fetch(`${server.url}/health`)).json()).toMatchObject({ status: 'ok' });
});

test.each<[string, Record<string, string>, Record<string, string>]>([
  ['ANTHROPIC_API_KEY', {}, {}],
  ['subscription', {}, { ANTHROPIC_API_KEY: 'sk-ant-oat01-x' }],
  ['profile', { 'profiles.agent': '{"tools": ["Read"]}' }, { ANTHROPIC_API_KEY: apiKey }],
  ['file_access', { 'file_access.tools': '["Read"]' }, { ANTHROPIC_API_KEY: apiKey }],
])('it does not start without what it needs, and says so: %s', async (what, flags, environment) => {
  await expect(start(flags, environment)).rejects.toThrow(what);
});
