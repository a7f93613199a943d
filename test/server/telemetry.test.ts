import { GatewayError, type ClaudeRunner } from '@claude-code-api/gateway';
import { createScriptedRunner, sampleUsage, textScript, type Script } from '@claude-code-api/gateway/testing';
import type { RunningServer } from '@claude-code-api/node';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startScriptedTestServer } from '../support/servers/start-scripted-test-server.ts';
import { startTelemetry, type EndedSpan } from '../support/start-telemetry.ts';
import { until } from '../support/until.ts';

const telemetry = startTelemetry();
afterAll(() => telemetry.close());

let server: RunningServer | undefined;
beforeEach(() => telemetry.reset());
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const secret = 'what was said';
const overloaded = new GatewayError('Overloaded.', { status: 529, code: 'overloaded' });

async function start(script?: Script, settings: Readonly<Record<string, string>> = {}, more: Partial<ClaudeRunner> = {}) {
  const runner = createScriptedRunner({ ...(script !== undefined && { script }) });
  server = await startScriptedTestServer(settings, { runner: { ...runner, ...more } });
  return { url: server.url, runner };
}

function post(path: string, body: object, headers: Readonly<Record<string, string>> = {}, signal?: AbortSignal): Promise<Response> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
  return fetch(`${server?.url}${path}`, { ...init, ...(signal !== undefined && { signal }) });
}

const chat = (more: object = {}, headers: Readonly<Record<string, string>> = {}, signal?: AbortSignal): Promise<Response> =>
  post('/v1/chat/completions', { model: 'sonnet', messages: [{ role: 'user', content: secret }], ...more }, headers, signal);

const named = (spans: readonly EndedSpan[], name: string): EndedSpan[] => spans.filter((span) => span.name === name);

/** A script that says something, and then what the test has it do. */
const after = (act: (signal: AbortSignal) => Promise<void>): Script =>
  async function* (turn, signal) {
    yield* [...(textScript([secret])(turn, signal) as Iterable<never>)].slice(0, 3);
    await act(signal);
  };

test('a request has a span below that of its caller, and its turn one below that; nothing that is said is in either', async () => {
  const { runner } = await start();
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const response = await chat(
    { temperature: 0.5, max_tokens: 100, user: secret, stop: [secret] },
    { traceparent: `00-${traceId}-b7ad6b7169203331-01`, 'user-agent': 'a client', 'x-request-id': 'mine' },
  );
  expect(response.status).toBe(200);
  const spans = await telemetry.untilSpans(2);
  const request = spans.find(({ kind }) => kind === 'server');
  const turn = spans.find(({ kind }) => kind === 'client');
  expect(request).toMatchObject({ name: 'POST /v1/chat/completions', traceId, parentId: 'b7ad6b7169203331', isError: false });
  expect(request?.attributes).toMatchObject({
    ...{ 'http.request.method': 'POST', 'http.route': '/v1/chat/completions', 'http.response.status_code': 200 },
    ...{ 'url.path': '/v1/chat/completions', 'url.scheme': 'http', 'server.address': '127.0.0.1', 'user_agent.original': 'a client' },
    ...{ 'claude_code_api.request_id': 'mine', 'claude_code_api.outcome': 'ok' },
  });
  expect(turn).toMatchObject({ name: 'chat sonnet', traceId, parentId: request?.id, isError: false });
  expect(turn?.attributes).toMatchObject({
    ...{ 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'anthropic', 'gen_ai.request.model': 'sonnet' },
    ...{ 'gen_ai.request.temperature': 0.5, 'gen_ai.request.max_tokens': 100, 'gen_ai.response.model': 'sonnet' },
    ...{ 'gen_ai.response.finish_reasons': ['end_turn'], 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.output_tokens': 2 },
  });
  expect(turn?.attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThanOrEqual(0);
  // The runner is told which span it works for.
  expect(runner.turns[0]?.trace).toEqual({ traceparent: `00-${traceId}-${turn?.id}-01` });
  expect(JSON.stringify(spans)).not.toMatch(/what was said|Hello|world/);
});

test('without a caller that traces, the request is the root; what asks how the server is has no span', async () => {
  await start();
  for (const path of ['/health', '/metrics', '/stats', '/nowhere']) await fetch(`${server?.url}${path}`);
  await (await fetch(`${server?.url}/v1/models`)).text();
  await (await post('/v1/nowhere', {})).text();
  const spans = await telemetry.untilSpans(2);
  expect(spans.map(({ name, parentId }) => [name, parentId])).toEqual([
    ['GET /v1/models', undefined],
    ['POST', undefined],
  ]);
  expect(spans[1]).toMatchObject({ isError: false, attributes: { 'http.response.status_code': 404, 'error.type': 'unknown_url' } });
});

test('the spans of a stream end with it, and tokens from the prompt cache are input', async () => {
  let go = (): void => {};
  const gone = new Promise<void>((resolve) => (go = resolve));
  await start(async function* (turn, signal) {
    yield* after(() => gone)(turn, signal);
    yield { type: 'block-end', index: 0 };
    yield { type: 'usage', usage: { ...sampleUsage, inputTokens: 1, cacheReadTokens: 20, cacheWriteTokens: 300, outputTokens: 5 } };
    yield { type: 'turn-end', reason: 'max_tokens' };
  });
  const response = await chat({ stream: true });
  const reader = response.body?.getReader();
  await reader?.read();
  expect(telemetry.spans()).toEqual([]);
  go();
  while ((await reader?.read())?.done === false);
  const spans = await telemetry.untilSpans(2);
  expect(named(spans, 'chat sonnet')[0]?.attributes).toMatchObject({
    ...{ 'gen_ai.usage.input_tokens': 321, 'gen_ai.usage.cache_read.input_tokens': 20, 'gen_ai.usage.cache_creation.input_tokens': 300 },
    'gen_ai.response.finish_reasons': ['max_tokens'],
  });
});

test('whoever leaves is no error', async () => {
  const waiting = after((signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))));
  await start(waiting);
  const leaving = new AbortController();
  const response = await chat({ stream: true }, {}, leaving.signal);
  await response.body?.getReader().read();
  leaving.abort();
  const spans = await telemetry.untilSpans(2);
  expect(spans.map(({ isError, attributes }) => [isError, attributes['claude_code_api.outcome']])).toEqual([
    [false, 'left'],
    [false, 'left'],
  ]);
});

describe('what fails', () => {
  test('with a status: both spans say so', async () => {
    await start(() => {
      throw overloaded;
    });
    expect((await chat()).status).toBe(529);
    const spans = await telemetry.untilSpans(2);
    for (const span of spans) expect(span).toMatchObject({ isError: true, attributes: { 'error.type': 'overloaded' } });
  });

  test('in a stream that has begun well: both spans say so', async () => {
    await start(after(() => Promise.reject(overloaded)));
    expect(await (await chat({ stream: true })).text()).toContain('Overloaded.');
    const spans = await telemetry.untilSpans(2);
    for (const span of spans) expect(span).toMatchObject({ isError: true, attributes: { 'error.type': 'overloaded' } });
    expect(spans.find(({ kind }) => kind === 'server')?.attributes).toMatchObject({ 'http.response.status_code': 200 });
  });

  test('by the fault of the caller: no error of the server', async () => {
    await start();
    expect((await chat({ messages: [] })).status).toBe(400);
    expect(await telemetry.untilSpans(1)).toMatchObject([{ isError: false, attributes: { 'http.response.status_code': 400 } }]);
  });

  test('and is asked for again: a span for each turn', async () => {
    let runs = 0;
    const script: Script = (turn, signal) =>
      ((runs += 1) === 1 ? after(() => Promise.reject(overloaded)) : textScript(['Well']))(turn, signal);
    await start(script, {}, { maxRetries: 1 });
    expect((await chat()).status).toBe(200);
    const spans = await telemetry.untilSpans(3);
    expect(named(spans, 'chat sonnet').map(({ isError }) => isError)).toEqual([true, false]);
    expect(new Set(named(spans, 'chat sonnet').map(({ parentId }) => parentId)).size).toBe(1);
    expect(spans.find(({ kind }) => kind === 'server')?.isError).toBe(false);
  });
});

test('a turn that waits for a place has a span for that; one that gets none fails', async () => {
  let go = (): void => {};
  const gone = new Promise<void>((resolve) => (go = resolve));
  await start(
    async function* (turn, signal) {
      await gone;
      yield* textScript(['Well'])(turn, signal) as Iterable<never>;
    },
    { 'claude.max_concurrent_sessions': '1', 'claude.max_queued_requests': '1' },
  );
  const answers = [chat(), chat(), chat()];
  const refused = await Promise.race(answers);
  expect(refused.status).toBe(429);
  go();
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(2);
  const spans = await telemetry.untilSpans(6);
  const turns = named(spans, 'chat sonnet');
  expect(turns.filter(({ isError }) => isError)).toHaveLength(1);
  const [queued] = named(telemetry.spans(), 'queue').toSorted((one, other) => other.durationMs - one.durationMs);
  const waited = turns.find(({ id }) => id === queued?.parentId);
  expect(waited?.durationMs).toBeGreaterThanOrEqual(queued?.durationMs ?? Number.POSITIVE_INFINITY);
});

test('an answer from the cache has no turn', async () => {
  await start(undefined, { 'cache.mode': 'all' });
  for (const outcome of ['miss', 'hit']) expect((await chat({ temperature: 0 })).headers.get('x-cache')).toBe(outcome);
  const spans = await telemetry.untilSpans(3);
  expect(named(spans, 'chat sonnet')).toHaveLength(1);
  const requests = spans.filter(({ kind }) => kind === 'server');
  expect(requests.map(({ attributes }) => attributes['claude_code_api.cache'])).toEqual(['miss', 'hit']);
});

test('a call of a tool ends its turn, and nothing of the call is told', async () => {
  await start(() => [
    { type: 'turn-start', model: 'claude-x', messageId: 'msg_1', usage: sampleUsage },
    { type: 'block-start', index: 0, block: { type: 'tool_use', id: 'toolu_1', name: 'look' } },
    { type: 'input-delta', index: 0, json: JSON.stringify({ secret }) },
    { type: 'block-end', index: 0 },
    { type: 'usage', usage: sampleUsage },
    { type: 'turn-end', reason: 'tool_use' },
  ]);
  const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }];
  expect((await chat({ tools })).status).toBe(200);
  const spans = await telemetry.untilSpans(2);
  expect(named(spans, 'chat sonnet')).toMatchObject([
    {
      isError: false,
      attributes: { 'gen_ai.response.finish_reasons': ['tool_use'], 'gen_ai.response.model': 'claude-x', 'gen_ai.response.id': 'msg_1' },
    },
  ]);
  expect(JSON.stringify(spans)).not.toContain(secret);
});

test('each tool that an agent uses by itself has a span, and nothing of its use is told', async () => {
  await start(() => [
    { type: 'turn-start', model: 'claude-x', usage: sampleUsage },
    { type: 'activity-start', id: 'toolu_1', name: 'Bash', input: { command: secret } },
    { type: 'activity-end', id: 'toolu_1', result: secret, isError: false, denied: false },
    { type: 'activity-start', id: 'toolu_2', name: 'Read', input: { path: secret } },
    { type: 'activity-end', id: 'toolu_2', result: secret, isError: true, denied: true },
    { type: 'usage', usage: sampleUsage },
    { type: 'turn-end', reason: 'end_turn' },
  ]);
  expect((await chat()).status).toBe(200);
  const spans = await telemetry.untilSpans(4);
  const [turn] = named(spans, 'chat sonnet');
  expect(named(spans, 'execute_tool Bash')).toMatchObject([
    { parentId: turn?.id, isError: false, attributes: { 'gen_ai.tool.name': 'Bash', 'gen_ai.tool.call.id': 'toolu_1' } },
  ]);
  expect(named(spans, 'execute_tool Read')).toMatchObject([{ parentId: turn?.id, isError: true, attributes: { 'error.type': 'denied' } }]);
  expect(JSON.stringify(spans)).not.toContain(secret);
});

test('the turn of a response in the background goes on after its request, in the same trace', async () => {
  let go = (): void => {};
  const gone = new Promise<void>((resolve) => (go = resolve));
  await start(async function* (turn, signal) {
    await gone;
    yield* textScript(['Well'])(turn, signal) as Iterable<never>;
  });
  expect((await post('/v1/responses', { model: 'sonnet', input: secret, background: true })).status).toBe(200);
  const [request] = await telemetry.untilSpans(1);
  expect(request).toMatchObject({ name: 'POST /v1/responses', isError: false });
  go();
  await until(() => named(telemetry.spans(), 'chat sonnet').length > 0, 'the end of the turn');
  expect(named(telemetry.spans(), 'chat sonnet')[0]).toMatchObject({ traceId: request?.traceId, parentId: request?.id });
});

test('metrics, by the names and units of the conventions', async () => {
  await start();
  await (await chat({ model: 'claude-sonnet-5-5' })).text();
  await telemetry.untilSpans(2);
  const labels = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'anthropic', 'gen_ai.request.model': 'claude-sonnet-5-5' };
  const own = async (name: string) =>
    (await telemetry.readMetric(name)).filter(({ attributes }) => attributes['gen_ai.request.model'] === 'claude-sonnet-5-5');
  expect(await own('gen_ai.client.operation.duration')).toMatchObject([{ attributes: labels }]);
  expect(await own('gen_ai.client.operation.time_to_first_chunk')).toMatchObject([{ attributes: labels }]);
  const tokens = await own('gen_ai.client.token.usage');
  expect(tokens.map(({ attributes, sum, count }) => [attributes['gen_ai.token.type'], sum / count])).toEqual([
    ['input', 10],
    ['output', 2],
  ]);
  const requests = await telemetry.readMetric('http.server.request.duration');
  expect(requests.map(({ attributes }) => attributes)).toContainEqual({
    ...{ 'http.request.method': 'POST', 'http.route': '/v1/chat/completions', 'http.response.status_code': 200, 'url.scheme': 'http' },
  });
});
