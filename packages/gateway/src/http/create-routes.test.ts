import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../gateway-error.ts';
import type { Quotas } from '../quotas/create-quotas.ts';
import type { Caller } from '../ports/caller.ts';
import type { Insight, RequestFacts } from '../ports/insight.ts';
import type { LogFields } from '../ports/logger.ts';
import { createBodyBudget } from './body/body-budget.ts';
import { createRoutes, type RoutesOptions } from './create-routes.ts';
import type { Access, Handle } from './route.ts';

const callers: Readonly<Record<string, Caller>> = {
  alice: { tenant: 'a', name: 'alice', limits: { requestsPerMinute: 1 } },
  root: { tenant: 'r', admin: true },
};

function callerOf(request: Request): Caller {
  const caller = callers[request.headers.get('x-api-key') ?? ''];
  if (caller === undefined) throw new GatewayError('No key.', { status: 401, code: 'invalid_api_key' });
  return caller;
}

interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

function open(handle: Handle, access?: Access, options: Partial<RoutesOptions> = {}) {
  const facts: RequestFacts[] = [];
  const lines: Line[] = [];
  const write =
    (level: string) =>
    (fields: LogFields, message: string): void =>
      void lines.push({ level, message, fields });
  const insight: Insight = {
    requestEnded: (each) => void facts.push(each),
    turnEnded: () => {},
    watchGateway: () => {},
    stats: async () => ({}),
    metrics: async () => ({ contentType: '', text: '' }),
  };
  const app = new Hono();
  const bodies = createBodyBudget({ maxBytes: 1000, maxBytesPerTenant: 1000 });
  const logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const add = createRoutes(app, {
    dialects: [],
    logger,
    callerOf,
    quotas: undefined,
    insight,
    guard: () => {},
    bodies,
    maxBodyBytes: 1000,
    ...options,
  });
  for (const method of ['GET', 'POST'] as const) add(method, '/things/:id', handle, access && { access });
  const ask = (key?: string, init: RequestInit = {}): Promise<Response> =>
    Promise.resolve(
      app.request('/things/1', { ...init, headers: { 'x-request-id': 'r1', ...(key !== undefined && { 'x-api-key': key }) } }),
    );
  return { app, add, ask, facts, lines };
}

const hello: Handle = async (c) => c.text('hello');

describe('who is answered', () => {
  const told: Handle = async (c, { caller }) => c.json(caller);

  test('callers that are known', async () => {
    const { ask } = open(told);
    expect(await (await ask('alice')).json()).toEqual(callers['alice']);
    for (const key of [undefined, 'mallory']) {
      const refused = await ask(key);
      expect(refused.status).toBe(401);
      expect(await refused.json()).toMatchObject({ error: { code: 'invalid_api_key' } });
    }
  });

  test('anyone, where it is for anyone', async () => {
    const { ask } = open(told, 'anyone');
    expect(await (await ask('alice')).json()).toEqual(callers['alice']);
    expect(await (await ask('mallory')).json()).toEqual({ tenant: '' });
  });

  test('only those who may know of all callers, where it tells of them', async () => {
    const { ask } = open(told, 'admin');
    expect((await ask('root')).status).toBe(200);
    expect((await ask()).status).toBe(401);
    const refused = await ask('alice');
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ error: { type: 'permission_error', code: 'insufficient_permissions' } });
  });

  test('everyone, as one caller who may do anything, where callers are not told apart', async () => {
    const { ask } = open(told, 'admin', { callerOf: undefined });
    expect(await (await ask()).json()).toEqual({ tenant: '', admin: true });
  });

  test('nobody whom the guard refuses, whether they are known or not', async () => {
    const guard = (): never => {
      throw new GatewayError('Not so.', { status: 403 });
    };
    const { app, ask, lines } = open(told, 'anyone', { guard });
    expect((await ask('root')).status).toBe(403);
    expect((await app.request('/nothing')).status).toBe(403);
    expect(lines).toHaveLength(2);
  });
});

describe('limits', () => {
  const headers = { 'x-ratelimit-limit-requests': '1' };
  const counting = (): { counted: string[]; quotas: Quotas } => {
    const counted: string[] = [];
    const quotas: Quotas = {
      async admitRequest({ tenant }) {
        counted.push(tenant);
        if (counted.length > 1) throw new GatewayError('Too many.', { status: 429, code: 'rate_limit_exceeded' });
        return headers;
      },
      beginTurn: async () => ({ end: async () => {} }),
    };
    return { counted, quotas };
  };

  test('count what changes something, and are told in its reply; what is over them is not handled', async () => {
    const { counted, quotas } = counting();
    let handled = 0;
    const { ask } = open(
      async (c) => {
        handled += 1;
        return c.text('');
      },
      undefined,
      { quotas },
    );
    expect((await ask('alice')).headers.get('x-ratelimit-limit-requests')).toBeNull();
    expect(counted).toEqual([]);
    expect((await ask('alice', { method: 'POST' })).headers.get('x-ratelimit-limit-requests')).toBe('1');
    expect(counted).toEqual(['a']);
    expect((await ask('alice', { method: 'POST' })).status).toBe(429);
    expect(handled).toBe(2);
  });
});

describe('a request leaves one line in the log, and is told to the statistics once', () => {
  test('answered', async () => {
    const { ask, facts, lines } = open(async (c, { record }) => {
      Object.assign(record, { model: 'sonnet', cache: 'hit', conversation: 'conv_1', ignored: ['seed'] });
      record.firstTokenAt = performance.now();
      return c.text('');
    });
    expect((await ask('alice')).headers.get('x-request-id')).toBe('r1');
    const told = {
      route: '/things/:id',
      method: 'GET',
      status: 200,
      outcome: 'ok',
      caller: 'alice',
      model: 'sonnet',
      cache: 'hit',
      streamed: false,
      firstTokenMs: expect.any(Number),
      durationMs: expect.any(Number),
    };
    expect(facts).toEqual([expect.objectContaining(told)]);
    const fields = { ...told, requestId: 'r1', conversation: 'conv_1', ignored: ['seed'] };
    expect(lines).toEqual([{ level: 'info', message: 'request', fields: expect.objectContaining(fields) }]);
  });

  test('refused', async () => {
    const { ask, facts, lines } = open(async () => {
      throw new GatewayError('Wrong.', { status: 400, code: 'invalid_value', param: 'n' });
    });
    expect((await ask('root')).headers.get('x-request-id')).toBe('r1');
    expect(facts).toMatchObject([{ status: 400, outcome: 'error', error: 'invalid_value', caller: 'r' }]);
    expect(lines).toMatchObject([{ level: 'info', message: 'request', fields: { status: 400, error: 'invalid_value', param: 'n' } }]);
  });

  test('failed: its error has a line of its own, and the caller is not told of it', async () => {
    const thrown = new Error('/secret/path');
    const { ask, facts, lines } = open(async () => {
      throw thrown;
    });
    const response = await ask('root');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    expect(facts).toMatchObject([{ status: 500, outcome: 'error', error: 'server_error' }]);
    expect(lines).toMatchObject([
      { level: 'error', message: 'a request failed', fields: { requestId: 'r1', error: thrown } },
      { level: 'info', message: 'request', fields: { requestId: 'r1', status: 500 } },
    ]);
  });

  test('for a path that does not exist', async () => {
    const { app, facts, lines } = open(hello);
    expect((await app.request('/nothing/at/all')).status).toBe(404);
    expect(facts).toMatchObject([{ route: 'unknown', status: 404, error: 'unknown_url', caller: '' }]);
    expect(lines).toHaveLength(1);
  });

  test('left by its caller before it was answered', async () => {
    const caller = new AbortController();
    const { ask, facts, lines } = open(async (c) => {
      caller.abort();
      c.req.raw.signal.throwIfAborted();
      return c.text('');
    });
    await ask('root', { signal: caller.signal });
    expect(facts).toMatchObject([{ status: 499, outcome: 'left' }]);
    expect(lines).toMatchObject([{ level: 'info', message: 'request', fields: { status: 499, outcome: 'left' } }]);
  });

  test.each(['ok', 'left', 'error'] as const)('that goes on behind its headers, at its end: %s', async (outcome) => {
    let end: (how: typeof outcome, error?: unknown) => void = () => {};
    const { ask, facts, lines } = open(async (c, request) => {
      end = request.goOn();
      return c.text('');
    });
    await ask('root');
    expect([facts, lines]).toEqual([[], []]);
    end(outcome, new GatewayError('Cut.', { status: 502, code: 'upstream_error' }));
    end('ok');
    const error = outcome === 'error' ? 'upstream_error' : undefined;
    expect(facts).toEqual([expect.objectContaining({ status: 200, outcome, error })]);
    expect(lines).toHaveLength(1);
  });
});

test('who asks how the server is uses nothing: a line for debugging, and no statistics, unless it fails', async () => {
  const { app, add, lines, facts } = open(hello);
  add('GET', '/health', hello, { access: 'anyone' });
  add('GET', '/stats', hello, { access: 'admin' });
  await app.request('/health');
  await app.request('/stats');
  expect(lines.map(({ level }) => level)).toEqual(['debug', 'info']);
  expect(facts.map(({ route, status }) => [route, status])).toEqual([['/stats', 401]]);
});

describe('an error has the form of the route', () => {
  const own = (error: GatewayError, requestId: string) => ({ kind: 'own', text: error.message, requestId });
  const failing =
    (thrown: unknown): Handle =>
    async () => {
      throw thrown;
    };

  test.each([
    ['of the handler', failing(new GatewayError('Wrong.', { status: 400 })), 'alice', { status: 400, text: 'Wrong.' }],
    ['that was not written for the caller', failing(new Error('/secret')), 'alice', { status: 500, text: expect.stringContaining('log') }],
    ['of who asks', hello, 'mallory', { status: 401, text: 'No key.' }],
  ])('%s', async (_, handle, key, { status, text }) => {
    const { app, add } = open(hello);
    add('GET', '/own', handle, { errorForm: { errorBody: own } });
    const response = await app.request('/own', { headers: { 'x-api-key': key, 'x-request-id': 'r1' } });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ kind: 'own', text, requestId: 'r1' });
  });

  test('OpenAI’s where a route has none, and where there is no route', async () => {
    const { app, add, ask } = open(failing(new GatewayError('Wrong.', { status: 400, code: 'c', param: 'n' })));
    add('GET', '/own', hello, { errorForm: { errorBody: own } });
    const error = { message: 'Wrong.', type: 'invalid_request_error', code: 'c', param: 'n' };
    expect(await (await ask('alice')).json()).toEqual({ error });
    expect(await (await app.request('/own/not')).json()).toMatchObject({ error: { code: 'unknown_url', param: null } });
  });

  test('a dialect’s where there is no route, for its clients and at what is like its path', async () => {
    const clients = {
      sent: ({ headers }: Request) => headers.has('x-own'),
      requestIdHeader: 'own-id',
      toModelList: (models: unknown) => ({ models }),
      toModel: (model: object) => model,
    };
    const { app, ask } = open(hello, undefined, { dialects: [{ path: '/v1/own', errorBody: own, clients }] });
    for (const [path, headers, isOwn] of [
      ['/v1/v1/own', {}, true],
      ['/own/parts', {}, true],
      ['/nowhere', { 'x-own': '1' }, true],
      ['/things/1', { 'x-own': '1' }, true],
      ['/v1/owner', {}, false],
    ] as const) {
      const response = await app.request(path, { headers });
      expect([path, response.status >= 400, response.headers.has('own-id')]).toEqual([path, true, isOwn]);
      expect(await response.json()).toMatchObject(isOwn ? { kind: 'own', requestId: response.headers.get('own-id') } : { error: {} });
    }
    expect((await ask('alice')).headers.has('own-id')).toBe(false);
  });
});

test.each([
  ['req_011CQ', 'req_011CQ'],
  ['one\ntwo', null],
  ['café', null],
  ['a'.repeat(201), null],
  ['', null],
])("the upstream's id %j of a request is told as %j: whoever runs turns may have said anything", async (upstreamRequestId, told) => {
  const failing = open(async () => {
    throw new GatewayError('Overloaded.', { status: 529, upstreamRequestId });
  });
  const response = await failing.ask('alice');
  expect([response.status, response.headers.get('x-claude-request-id')]).toEqual([529, told]);
});
