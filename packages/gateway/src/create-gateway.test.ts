import { describe, expect, test } from 'vitest';
import { createGateway } from './create-gateway.ts';
import type { GatewayOptions } from './gateway-options.ts';
import type { ClaudeRunner } from './ports/claude-runner.ts';
import { createScriptedRunner, textScript, type Script, type ScriptedRunner } from './testing/index.ts';
import type { ScriptEvent } from './testing/script-blocks.ts';

const question = { model: 'sonnet', messages: [{ role: 'user', content: 'hi' }] };

interface Gateway {
  readonly runner: ScriptedRunner;
  readonly get: (path: string, init?: RequestInit) => Promise<Response>;
  readonly post: (body: unknown, init?: RequestInit) => Promise<Response>;
}

function open(options: Partial<GatewayOptions> = {}, script?: Script): Gateway {
  const runner = createScriptedRunner(script === undefined ? {} : { script });
  const app = createGateway({ runner, ...options });
  return {
    runner,
    get: async (path, init) => app.request(path, init),
    post: async (body, init) =>
      app.request('/v1/chat/completions', {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...init,
        headers: { 'content-type': 'application/json', ...(init?.headers as Record<string, string> | undefined) },
      }),
  };
}

interface Chunk {
  readonly id: string;
  readonly choices: readonly { readonly delta: object; readonly finish_reason: string | null }[];
  readonly usage?: object | null;
}

/** The `data:` lines of a stream, `[DONE]` checked and left out. */
async function chunksOf(response: Response): Promise<Chunk[]> {
  const text = await response.text();
  expect(text).toMatch(/data: \[DONE\]\n\n$/);
  const events = text.split('\n\n').slice(0, -2);
  for (const event of events) expect(event).toMatch(/^(: .*\n)*data: \{.*\}$/);
  return events.map((event) => JSON.parse(event.slice(event.indexOf('data: ') + 6)) as Chunk);
}

async function expectError(response: Response, status: number, error: object): Promise<void> {
  const text = await response.text();
  expect(response.status, `answered ${text}`).toBe(status);
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  expect(response.headers.get('x-request-id')).toMatch(/./);
  const body = JSON.parse(text) as { error: object };
  expect(Object.keys(body)).toEqual(['error']);
  expect(Object.keys(body.error).toSorted()).toEqual(['code', 'message', 'param', 'type']);
  expect(body.error).toMatchObject(error);
}

/** A script that starts its answer, then waits for `release`. */
function heldScript(): { script: Script; release: () => void } {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  async function* script(...given: Parameters<Script>): AsyncGenerator<ScriptEvent> {
    await released;
    yield* textScript(['late'])(...given);
  }
  return { script, release };
}

/** Lets everything that is ready run. */
async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
}

describe('a stream', () => {
  test('is the role, the deltas, a finish with an empty delta, and [DONE], all of one identity', async () => {
    const response = await open().post({ ...question, stream: true });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
      'x-request-id': expect.stringMatching(/^req_/),
    });
    const chunks = await chunksOf(response);
    expect(chunks.map(({ choices: [choice] }) => choice)).toEqual([
      { index: 0, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null },
      { index: 0, delta: { content: 'Hello ' }, logprobs: null, finish_reason: null },
      { index: 0, delta: { content: 'world' }, logprobs: null, finish_reason: null },
      { index: 0, delta: {}, logprobs: null, finish_reason: 'stop' },
    ]);
    const identities = chunks.map((chunk) => ({ ...chunk, choices: undefined }));
    expect(identities).toEqual(identities.map(() => identities[0]));
    expect(identities[0]).toEqual({
      id: expect.stringMatching(/^chatcmpl-/),
      object: 'chat.completion.chunk',
      created: expect.any(Number),
      model: 'sonnet',
      system_fingerprint: expect.stringMatching(/^fp_/),
    });
  });

  test('tells the usage in a chunk of its own when it is asked to, and then is null in the others', async () => {
    const chunks = await chunksOf(await open().post({ ...question, stream: true, stream_options: { include_usage: true } }));
    const last = chunks.at(-1);
    expect(last).toMatchObject({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 } });
    for (const chunk of chunks.slice(0, -1)) expect(chunk.usage).toBeNull();
    expect(last?.id).toBe(chunks[0]?.id);
  });

  test.each([{}, { stream_options: {} }, { stream_options: null }, { stream_options: { include_usage: false } }])(
    'has no usage with %j',
    async (options) => {
      for (const chunk of await chunksOf(await open().post({ ...question, stream: true, ...options })))
        expect(chunk).not.toHaveProperty('usage');
    },
  );

  test('of an empty answer has the role and the finish', async () => {
    const chunks = await chunksOf(await open({}, textScript([])).post({ ...question, stream: true }));
    expect(chunks.map(({ choices }) => choices[0]?.delta)).toEqual([{ role: 'assistant', content: '' }, {}]);
  });

  test('that fails before its first event has a status', async () => {
    const gateway = open({}, () => {
      throw new Error('secret');
    });
    const response = await gateway.post({ ...question, stream: true });
    await expectError(response, 500, { type: 'server_error', code: null, message: expect.not.stringContaining('secret') });
  });

  test('that fails later says so in-band', async () => {
    const gateway = open({}, function* fail(turn, signal) {
      for (const event of textScript(['Hello'])(turn, signal) as Iterable<ScriptEvent>) {
        if (event.type === 'usage') throw new Error('secret');
        yield event;
      }
    });
    const response = await gateway.post({ ...question, stream: true });
    expect(response.status).toBe(200);
    const chunks = await chunksOf(response);
    const error = { message: expect.not.stringContaining('secret'), type: 'server_error', param: null, code: null };
    expect(chunks.at(-1)).toEqual({ error });
    expect(chunks.slice(0, -1).map(({ choices }) => choices[0]?.finish_reason)).toEqual([null, null]);
  });
});

describe('a completion', () => {
  test('has every key that OpenAI requires', async () => {
    expect(await (await open().post(question)).json()).toEqual({
      id: expect.stringMatching(/^chatcmpl-/),
      object: 'chat.completion',
      created: expect.any(Number),
      model: 'sonnet',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hello world', refusal: null, annotations: [] },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: expect.objectContaining({ prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 }),
      service_tier: 'default',
      system_fingerprint: expect.stringMatching(/^fp_/),
    });
  });

  test('takes what other clients send: nulls, unknown keys, parameters without effect', async () => {
    const body = {
      stream: null,
      stop: null,
      temperature: null,
      max_tokens: null,
      user: 'me',
      presence_penalty: 0,
      seed: 1,
      conversation_id: null,
      plugins: [],
      top_k: null,
    };
    expect((await open().post({ ...question, ...body })).status).toBe(200);
    expect((await open().post({ ...question, stream: false, stream_options: { include_usage: true } })).status).toBe(200);
  });
});

describe('routes', () => {
  test.each(['//v1/models', '/v1//models', '/v1/models?limit=1'])('%s is the list of models', async (path) => {
    const { data, object } = (await (await open().get(path)).json()) as { object: string; data: { id: string }[] };
    expect(object).toBe('list');
    expect(data.map(({ id }) => id)).toEqual(['sonnet', 'claude-sonnet-5-5']);
  });

  test('models by alias, full name, own alias and encoded name', async () => {
    const { get } = open({ models: { aliases: { 'gpt-4o': 'sonnet', 'a/b': 'sonnet' } } });
    for (const id of ['sonnet', 'claude-sonnet-5-5', 'gpt-4o', 'a%2Fb', 'a/b']) {
      expect(await (await get(`/v1/models/${id}`)).json()).toMatchObject({
        id: decodeURIComponent(id),
        object: 'model',
        created: expect.any(Number),
        owned_by: 'anthropic',
      });
    }
    await expectError(await get('/v1/models/gpt-5'), 404, { code: 'model_not_found', type: 'invalid_request_error' });
  });

  test('an unknown model', async () => {
    const error = {
      code: 'model_not_found',
      type: 'invalid_request_error',
      message: expect.stringMatching(/^The model `gpt-5` does not exist/),
    };
    await expectError(await open().post({ ...question, model: 'gpt-5' }), 404, error);
    await expectError(await open().post({ ...question, model: 'gpt-5', stream: true }), 404, error);
  });

  test.each([
    ['GET', '/'],
    ['GET', '/v1/x'],
    ['GET', '/v1/chat/completions'],
    ['POST', '/v1/models'],
    ['DELETE', '/health'],
  ])('%s %s is no route', async (method, path) => {
    await expectError(await open().get(path, { method }), 404, {
      type: 'invalid_request_error',
      code: 'unknown_url',
      param: null,
      message: `Invalid URL (${method} ${path})`,
    });
  });

  test('health tells how the runner is, and how many turns run and wait', async () => {
    expect(await (await open().get('/health')).json()).toEqual({ status: 'ok', turns: { running: 0, queued: 0 } });
    const runner = createScriptedRunner({ health: { healthy: false, problem: 'Log in.', details: { a: 1 } } });
    const response = await createGateway({ runner }).request('/health');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ status: 'unavailable', problem: 'Log in.', a: 1 });
  });
});

describe('a body that is wrong', () => {
  const user = { role: 'user', content: 'hi' };
  test.each<{ body: unknown; param: string | null; code: string | null }>([
    { body: '{"model": "sonnet", "messages": [', param: null, code: null },
    { body: `${JSON.stringify(question)}{}`, param: null, code: null },
    { body: '', param: null, code: null },
    { body: '[]', param: null, code: 'invalid_type' },
    { body: 'null', param: null, code: 'invalid_type' },
    { body: '"text"', param: null, code: 'invalid_type' },
    { body: {}, param: 'model', code: 'missing_required_parameter' },
    { body: { model: 'sonnet' }, param: 'messages', code: 'missing_required_parameter' },
    { body: { messages: [user] }, param: 'model', code: 'missing_required_parameter' },
    { body: { model: 5, messages: [user] }, param: 'model', code: 'invalid_type' },
    { body: { model: 'sonnet', messages: null }, param: 'messages', code: 'invalid_type' },
    { body: { model: 'sonnet', messages: 'string' }, param: 'messages', code: 'invalid_type' },
    { body: { model: 'sonnet', messages: [] }, param: 'messages', code: 'invalid_value' },
    { body: { model: 'sonnet', messages: [123] }, param: 'messages[0]', code: 'invalid_type' },
    { body: { model: 'sonnet', messages: [{}] }, param: 'messages[0].role', code: 'missing_required_parameter' },
    { body: { model: 'sonnet', messages: [{ role: 123 }] }, param: 'messages[0].role', code: 'invalid_value' },
    { body: { model: 'sonnet', messages: [{ role: 'robot', content: 'x' }] }, param: 'messages[0].role', code: 'invalid_value' },
    { body: { model: 'sonnet', messages: [{ role: 'system', content: 123 }] }, param: 'messages[0].content', code: 'invalid_type' },
    { body: { model: 'sonnet', messages: [user, { role: 'user' }] }, param: 'messages[1].content', code: 'missing_required_parameter' },
    {
      body: { model: 'sonnet', messages: [{ role: 'user', content: [{ type: 'text' }] }] },
      param: 'messages[0].content[0].text',
      code: 'missing_required_parameter',
    },
    { body: { model: 'sonnet', messages: [{ role: 'user', content: '' }] }, param: 'messages', code: 'invalid_value' },
    {
      body: { model: 'sonnet', messages: [user, { role: 'tool', content: 'x' }] },
      param: 'messages[1].tool_call_id',
      code: 'missing_required_parameter',
    },
    {
      body: { model: 'sonnet', messages: [user, { role: 'tool', tool_call_id: 'a', content: 'x' }] },
      param: 'messages[1].tool_call_id',
      code: 'invalid_value',
    },
    { body: { ...question, stream: 'yes' }, param: 'stream', code: 'invalid_type' },
    { body: { ...question, temperature: 3 }, param: 'temperature', code: 'invalid_value' },
    { body: { ...question, max_tokens: -7 }, param: 'max_tokens', code: 'invalid_value' },
    { body: { ...question, stop: ['a', 'b', 'c', 'd', 'e'] }, param: 'stop', code: null },
  ])('$body', async ({ body, param, code }) => {
    const { post, runner } = open();
    await expectError(await post(body), 400, { type: 'invalid_request_error', param, ...(code !== null && { code }) });
    expect(runner.turns).toEqual([]);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'of the type "%s"',
    async (type) => {
      await expectError(await open().post(question, { headers: { 'content-type': type } }), 400, {
        type: 'invalid_request_error',
        message: expect.stringContaining('application/json'),
      });
    },
  );

  test('that is too large, with and without telling its length', async () => {
    const { post, runner } = open({ bodies: { maxBytes: 2048 } });
    const body = JSON.stringify({ ...question, user: 'x'.repeat(4096) });
    const error = { type: 'invalid_request_error', code: 'request_too_large' };
    await expectError(await post(body, { headers: { 'content-length': String(body.length) } }), 413, error);
    await expectError(await post(body), 413, error);
    expect(runner.turns).toEqual([]);
  });
});

describe('the request id', () => {
  test.each(['x-request-id', 'x-client-request-id'])('is the one of %s, on answers and on errors', async (header) => {
    const headers = { [header]: 'given-1' };
    expect((await open().post(question, { headers })).headers.get('x-request-id')).toBe('given-1');
    expect((await open().post({ ...question, stream: true }, { headers })).headers.get('x-request-id')).toBe('given-1');
    expect((await open().post({}, { headers })).headers.get('x-request-id')).toBe('given-1');
    expect((await open().get('/nowhere', { headers })).headers.get('x-request-id')).toBe('given-1');
  });

  test.each(['', 'a b', 'x'.repeat(129)])('"%s" is none: one is made', async (id) => {
    const [one, other] = await Promise.all(
      [1, 2].map(async () => (await open().post(question, { headers: { 'x-request-id': id } })).headers.get('x-request-id')),
    );
    expect(one).toMatch(/^req_[\w-]{10,}$/);
    expect(other).not.toBe(one);
  });
});

describe('CORS', () => {
  const origin = 'https://app.example';
  const requested = 'authorization,content-type,x-stainless-lang,x-stainless-retry-count';
  const preflight = {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': requested },
  };

  test('is closed by default', async () => {
    const { get, post } = open();
    expect((await post(question, { headers: { origin } })).headers.get('access-control-allow-origin')).toBeNull();
    const response = await get('/v1/chat/completions', preflight);
    expect(response.status).toBe(404);
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test.each([{ corsOrigins: [origin] }, { corsOrigins: ['*'] }])('is open for %j', async ({ corsOrigins }) => {
    const { get, post } = open({ access: { corsOrigins } });
    const allowed = corsOrigins[0];
    const response = await get('/v1/chat/completions', preflight);
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(allowed);
    expect(response.headers.get('access-control-allow-methods')).toContain('POST');
    // `*` would not cover `authorization`.
    expect(response.headers.get('access-control-allow-headers')?.split(/,\s*/)).toEqual(requested.split(','));
    for (const answer of [await post(question, { headers: { origin } }), await post({}, { headers: { origin } })]) {
      expect(answer.headers.get('access-control-allow-origin')).toBe(allowed);
      expect(answer.headers.get('access-control-expose-headers')?.split(/,\s*/)).toEqual(
        expect.arrayContaining(['x-request-id', 'retry-after']),
      );
    }
  });

  test('another origin is not let in', async () => {
    const response = await open({ access: { corsOrigins: ['https://other.example'] } }).get('/v1/chat/completions', preflight);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

/** The text of a stream; `release` is called when enough of it is there. */
async function textWhen(response: Response, isEnough: (so: string) => boolean, release: () => void): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (isEnough(text)) release();
  }
  return text;
}

describe('a silent stream is kept alive', () => {
  test('by empty chunks, the role first', async () => {
    const { script, release } = heldScript();
    const response = await open({ keepAlive: { mode: 'chunk', intervalMs: 20 } }, script).post({ ...question, stream: true });
    const text = await textWhen(response, (so) => so.split('"delta":{}').length > 3, release);
    const deltas = (await chunksOf(new Response(text, response))).map(({ choices }) => choices[0]?.delta);
    expect(deltas[0]).toEqual({ role: 'assistant', content: '' });
    expect(deltas.filter((delta) => JSON.stringify(delta) === '{}').length).toBeGreaterThan(2);
    expect(deltas.filter((delta) => delta !== undefined && 'role' in delta)).toHaveLength(1);
    expect(deltas.filter((delta) => delta !== undefined && 'content' in delta).slice(1)).toEqual([{ content: 'late' }]);
  });

  test('by comments of one line', async () => {
    const { script, release } = heldScript();
    const response = await open({ keepAlive: { mode: 'comment', intervalMs: 20 } }, script).post({ ...question, stream: true });
    const text = await textWhen(response, (so) => /^(: .+\n){2,}/.test(so), release);
    expect(text).toMatch(/^(: .+\n){2,}data: /);
    expect(text.match(/"delta":\{\}/g)).toHaveLength(1);
  });

  test('or not at all: then its status waits for the first event', async () => {
    const { script, release } = heldScript();
    const responding = open({ keepAlive: { mode: 'off', intervalMs: 20 } }, script).post({ ...question, stream: true });
    const first = await Promise.race([responding, settle().then(settle).then(settle)]);
    expect(first).toBeUndefined();
    release();
    const text = await (await responding).text();
    expect(text).toMatch(/^data: /);
    expect(text.match(/"delta":\{\}/g)).toHaveLength(1);
  });
});

describe('limits', () => {
  const full = { maxRunning: 1, maxWaiting: 2 };

  test('a full queue answers 429 with retry-after, streamed or not', async () => {
    const { script, release } = heldScript();
    const { post, get } = open({ queue: full }, script);
    const waiting = [post(question), post(question), post(question)];
    await settle();
    expect(await (await get('/health')).json()).toMatchObject({ turns: { running: 1, queued: 2 } });
    for (const body of [question, { ...question, stream: true }]) {
      const response = await post(body);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      await expectError(response, 429, {
        type: 'requests',
        code: 'rate_limit_exceeded',
        message: expect.stringMatching(/^Rate limit reached/),
      });
    }
    release();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await (await get('/health')).json()).toMatchObject({ turns: { running: 0, queued: 0 } });
  });

  test('who waits too long gets a 429', async () => {
    const { script, release } = heldScript();
    const { post } = open({ queue: { ...full, timeoutMs: 30 } }, script);
    const running = post(question);
    await expectError(await post(question), 429, { code: 'rate_limit_exceeded' });
    release();
    expect((await running).status).toBe(200);
  });

  test('those who wait are served in order of arrival', async () => {
    const { script, release } = heldScript();
    const { post, runner } = open({ queue: { maxRunning: 1 } }, script);
    const texts = ['one', 'two', 'three', 'four'];
    const asked = texts.map((content) => post({ ...question, messages: [{ role: 'user', content }] }));
    await settle();
    release();
    await Promise.all(asked);
    expect(runner.turns.map(({ messages }) => messages[0]?.content)).toEqual(texts.map((text) => [{ type: 'text', text }]));
  });

  test('who leaves the queue frees the place at once, and nothing is run for him', async () => {
    const { script, release } = heldScript();
    const { post, get, runner } = open({ queue: full }, script);
    const leaver = new AbortController();
    const running = post(question);
    await settle();
    const left = post({ ...question, user: 'leaver' }, { signal: leaver.signal });
    const stays = post(question);
    await settle();
    expect((await post(question)).status).toBe(429);
    leaver.abort();
    await left.catch(() => undefined);
    expect(await (await get('/health')).json()).toMatchObject({ turns: { running: 1, queued: 1 } });
    const next = post(question);
    await settle();
    release();
    expect((await Promise.all([running, stays, next])).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(runner.turns).toHaveLength(3);
  });

  test('a turn that takes too long is a 504 that is not to be repeated, and is stopped', async () => {
    const gateway = open({ turnTimeoutMs: 50 }, async function* never() {
      await new Promise(() => {});
      yield { type: 'text-delta', text: '' };
    });
    const response = await gateway.post(question);
    expect(response.headers.get('x-should-retry')).toBe('false');
    await expectError(response, 504, { type: 'server_error', code: 'timeout' });
    await settle();
    expect(await (await gateway.get('/health')).json()).toMatchObject({ turns: { running: 0, queued: 0 } });
  });
});

test.each([undefined, 2])('a runner of version %s of the port is refused by name', (specificationVersion) => {
  const runner = { ...createScriptedRunner(), specificationVersion } as unknown as ClaudeRunner;
  expect(() => createGateway({ runner })).toThrow(`version ${String(specificationVersion)} of ClaudeRunner`);
});
