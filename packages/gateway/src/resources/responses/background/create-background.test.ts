import { afterEach, describe, expect, test, vi } from 'vitest';
import { createGateway } from '../../../create-gateway.ts';
import { GatewayError } from '../../../gateway-error.ts';
import type { GatewayOptions } from '../../../gateway-options.ts';
import type { LogFields, Logger } from '../../../ports/logger.ts';
import type { CachedAnswer, ResponseCache } from '../../../ports/response-cache.ts';
import type { ResponseStore } from '../../../ports/response-store.ts';
import { createMemoryConversationStore } from '../../../testing/create-memory-conversation-store.ts';
import { createMemoryResponseStore } from '../../../testing/create-memory-response-store.ts';
import { createScriptedRunner, textScript, type Script } from '../../../testing/create-scripted-runner.ts';
import type { ScriptEvent } from '../../../testing/script-blocks.ts';
import { noUsage } from '../../../turn/usage.ts';
import { createBackground, type BackgroundOptions, type OwnedBackground } from './create-background.ts';

interface Told {
  readonly id: string;
  readonly status: string;
  readonly background: boolean;
  readonly output: readonly { readonly status: string; readonly content: readonly { readonly text: string }[] }[];
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly usage: object | null;
}

interface StreamedEvent {
  readonly type: string;
  readonly sequence_number: number;
  readonly delta?: string;
  readonly response?: Told;
  readonly message?: string;
}

/** A script that says a word for each `say`, until `finish`. */
function slow() {
  let next: (event: ScriptEvent | Error | undefined) => void = () => {};
  const waiting: (ScriptEvent | Error | undefined)[] = [];
  const put = (event: ScriptEvent | Error | undefined): void => {
    waiting.push(event);
    next(event);
  };
  const script: Script = async function* () {
    yield { type: 'turn-start', model: 'claude-sonnet-5-5', usage: noUsage };
    for (;;) {
      if (waiting.length === 0) await new Promise((resolve) => (next = resolve));
      const event = waiting.shift();
      if (event instanceof Error) throw event;
      if (event === undefined) break;
      yield event;
    }
    yield { type: 'usage', usage: { ...noUsage, inputTokens: 1, outputTokens: 1 } };
    yield { type: 'turn-end', reason: 'end_turn' };
  };
  return {
    script,
    say: (text: string) => put({ type: 'text-delta', text }),
    fail: (error: Error) => put(error),
    finish: () => put(undefined),
  };
}

const stores = () => ({ conversations: createMemoryConversationStore(), responses: createMemoryResponseStore() });
const closing: OwnedBackground[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const background of closing.splice(0)) await background.close();
});

interface ServerOptions extends Omit<BackgroundOptions, 'store'> {
  readonly store?: ResponseStore;
  readonly more?: Partial<GatewayOptions>;
}

/** A server of one's own, or one more over the same stores. */
function open(script: Script, { conversations, responses } = stores(), { more, store = responses, ...options }: ServerOptions = {}) {
  const runner = createScriptedRunner({ script });
  const background = createBackground({ store, ...options });
  closing.push(background);
  const app = createGateway({
    runner,
    conversations: { store: conversations },
    responses: { store, background },
    access: { callerOf: (given) => ({ tenant: given.headers.get('x-tenant') ?? 'me' }) },
    ...more,
  });
  const request = async (method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Response> =>
    app.request(`/v1/responses${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const ask = async (method: string, path: string, body?: object): Promise<Told> => {
    const response = await request(method, path, body);
    const text = await response.text();
    expect(response.status, text).toBe(200);
    return JSON.parse(text) as Told;
  };
  return {
    app,
    runner,
    background,
    request,
    ask,
    begin: (body: object = {}) => ask('POST', '', { model: 'sonnet', input: 'hi', background: true, ...body }),
    get: (id: string) => ask('GET', `/${id}`),
    cancel: (id: string) => ask('POST', `/${id}/cancel`),
    stream: (id: string, after?: number) => request('GET', `/${id}?stream=true${after === undefined ? '' : `&starting_after=${after}`}`),
  };
}

async function* eventsOf(response: Response): AsyncGenerator<StreamedEvent> {
  expect(response.status).toBe(200);
  let rest = '';
  for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data: ')) yield JSON.parse(line.slice(6)) as StreamedEvent;
  }
}

async function allOf(response: Response): Promise<StreamedEvent[]> {
  const events: StreamedEvent[] = [];
  for await (const event of eventsOf(response)) events.push(event);
  return events;
}

const textOf = (told: Told): string => told.output.flatMap(({ content }) => content.map(({ text }) => text)).join('');
const words = (events: readonly StreamedEvent[]): string => events.map(({ delta }) => delta ?? '').join('');

async function expectError(response: Response, status: number, error: object): Promise<void> {
  const text = await response.text();
  expect(response.status, text).toBe(status);
  expect((JSON.parse(text) as { error: object }).error).toMatchObject(error);
}

describe('a response in the background', () => {
  test('is told at once, waits for its place, runs, and is read when it has ended', async () => {
    const { script, say, finish } = slow();
    const { begin, get } = open(script, stores(), { more: { queue: { maxRunning: 1 } } });
    const first = await begin();
    expect(first).toMatchObject({ status: 'queued', background: true, output: [], usage: null });
    const second = await begin();
    await expect.poll(() => get(first.id)).toMatchObject({ status: 'in_progress', background: true });
    expect(await get(second.id)).toMatchObject({ status: 'queued' });
    say('Hello');
    finish();
    await expect.poll(() => get(first.id)).toMatchObject({ id: first.id, status: 'completed', usage: { output_tokens: 1 } });
    expect(textOf(await get(first.id))).toBe('Hello');
    await expect.poll(() => get(second.id)).toMatchObject({ status: 'in_progress' });
    finish();
    await expect.poll(() => get(second.id)).toMatchObject({ status: 'completed' });
  });

  test('can be followed once it has ended; before, and when it has failed, that is a 400', async () => {
    const { script, say, finish, fail } = slow();
    const { begin, get, request, runner } = open(script);
    const { id } = await begin();
    const following = { model: 'sonnet', input: 'on', previous_response_id: id };
    const unfinished = { code: 'previous_response_unfinished', param: 'previous_response_id' };
    await expectError(await request('POST', '', following), 400, { ...unfinished, message: expect.stringContaining('not there yet') });
    say('Hello');
    finish();
    await expect.poll(() => get(id)).toMatchObject({ status: 'completed' });
    finish();
    expect((await request('POST', '', following)).status).toBe(200);
    expect(runner.turns.at(-1)?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    const failed = await begin();
    fail(new GatewayError('Bad.', { status: 400 }));
    await expect.poll(() => get(failed.id)).toMatchObject({ status: 'failed' });
    const onFailed = await request('POST', '', { ...following, previous_response_id: failed.id });
    await expectError(onFailed, 400, { ...unfinished, message: expect.stringContaining('has failed') });
  });

  test('streams its events as they come; who leaves ends nothing, and takes them up again from any on', async () => {
    const { script, say, finish } = slow();
    const { request, stream, get } = open(script);
    const response = await request('POST', '', { model: 'sonnet', input: 'hi', background: true, stream: true });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const seen: StreamedEvent[] = [];
    say('Hello');
    for await (const event of eventsOf(response)) {
      seen.push(event);
      if (event.delta !== undefined) break;
    }
    expect(seen.map(({ type }) => type)).toEqual([
      'response.created',
      'response.queued',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
    ]);
    expect(seen.map(({ response: told }) => told?.status).slice(0, 3)).toEqual(['queued', 'queued', 'in_progress']);
    const id = seen[0]?.response?.id ?? '';
    const later = allOf(await stream(id, 5));
    const whole = allOf(await stream(id));
    say(' world');
    finish();
    const all = await whole;
    expect(all.map(({ sequence_number: number }) => number)).toEqual(all.map((_, index) => index));
    expect(all.slice(0, 6)).toEqual(seen);
    expect(await later).toEqual(all.slice(6));
    expect(words(all)).toBe('Hello world');
    expect(all.at(-1)).toMatchObject({ type: 'response.completed', response: { id, status: 'completed' } });
    expect(all.at(-1)?.response).toEqual(await get(id));
    // It is as it was, long after.
    for (const after of [undefined, 0, 5, all.length - 2, all.length - 1])
      expect(await allOf(await stream(id, after))).toEqual(all.slice(after === undefined ? 0 : after + 1));
  });

  test('what a stream is asked for in vain is a 400', async () => {
    const { script, finish } = slow();
    const { begin, get, ask, request, stream } = open(script);
    const { id } = await begin();
    finish();
    await expect.poll(() => get(id)).toMatchObject({ status: 'completed' });
    const { length } = await allOf(await stream(id));
    await expectError(await stream(id, length), 400, { param: 'starting_after', message: expect.stringContaining(String(length - 1)) });
    for (const bad of ['-1', 'x', '1.5', ''])
      await expectError(await request('GET', `/${id}?stream=true&starting_after=${bad}`), 400, { param: 'starting_after' });
    await expectError(await request('GET', `/${id}?stream=yes`), 400, { param: 'stream' });
    finish();
    const awaited = await ask('POST', '', { model: 'sonnet', input: 'hi' });
    await expectError(await stream(awaited.id), 400, { param: 'stream', message: expect.stringContaining('background: true') });
    await expectError(await stream('resp_unknown'), 404, { code: 'response_not_found' });
  });

  test('is cancelled with what it has said, as often as one likes', async () => {
    const { script, say } = slow();
    const { request, stream, cancel, get } = open(script);
    const { events, idOf, done } = collect(await request('POST', '', { model: 'sonnet', input: 'hi', background: true, stream: true }));
    say('Hello');
    const id = await idOf();
    await expect.poll(() => words(events)).toBe('Hello');
    const cancelled = await cancel(id);
    expect(cancelled).toMatchObject({ id, status: 'cancelled', error: null, output: [{ status: 'incomplete' }] });
    expect(textOf(cancelled)).toBe('Hello');
    expect(await cancel(id)).toEqual(cancelled);
    expect(await get(id)).toEqual(cancelled);
    await done;
    expect(events.slice(-2)).toMatchObject([
      { type: 'response.output_item.done' },
      { type: 'response.incomplete', response: { status: 'cancelled' } },
    ]);
    expect(await allOf(await stream(id))).toEqual(events);
  });

  test('is cancelled while it waits for its place, and nothing is asked', async () => {
    const { script } = slow();
    const { begin, cancel, runner } = open(script, stores(), { more: { queue: { maxRunning: 1 } } });
    const first = await begin();
    const second = await begin();
    expect(await cancel(second.id)).toMatchObject({ status: 'cancelled', output: [] });
    expect(await cancel(first.id)).toMatchObject({ status: 'cancelled', output: [] });
    expect(runner.turns).toHaveLength(1);
  });

  test('that has ended is not cancelled any more; one whose caller waited never is', async () => {
    const { script, finish } = slow();
    const { begin, get, cancel, ask, request } = open(script);
    const { id } = await begin();
    finish();
    await expect.poll(() => get(id)).toMatchObject({ status: 'completed' });
    expect(await cancel(id)).toMatchObject({ status: 'completed' });
    finish();
    const awaited = await ask('POST', '', { model: 'sonnet', input: 'hi' });
    await expectError(await request('POST', `/${awaited.id}/cancel`), 400, { message: expect.stringContaining('background: true') });
    await expectError(await request('POST', '/resp_unknown/cancel'), 404, { code: 'response_not_found' });
  });

  test('stops when it is deleted, and its readers hear of it', async () => {
    const { script, say } = slow();
    let signal: AbortSignal | undefined;
    const { request, get, ask } = open((turn, given) => {
      signal = given;
      return script(turn, given);
    });
    const { events, idOf, done } = collect(await request('POST', '', { model: 'sonnet', input: 'hi', background: true, stream: true }));
    say('Hello');
    const id = await idOf();
    await get(id);
    await ask('DELETE', `/${id}`);
    await expect.poll(() => signal?.aborted).toBe(true);
    await expectError(await request('GET', `/${id}`), 404, { code: 'response_not_found' });
    await done;
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'response_not_found' });
  });

  test('that fails tells so, in the object and in the stream', async () => {
    const { script, say, fail } = slow();
    const { request, get } = open(script);
    const { events, idOf, done } = collect(await request('POST', '', { model: 'sonnet', input: 'hi', background: true, stream: true }));
    say('Hello');
    fail(new GatewayError('Too much.', { status: 529, code: 'overloaded', shouldRetry: false }));
    await done;
    expect(events.slice(-2).map(({ type }) => type)).toEqual(['error', 'response.failed']);
    const told = await get(await idOf());
    expect(told).toMatchObject({ status: 'failed', error: { code: 'server_is_overloaded', message: 'Too much.' } });
    expect(textOf(told)).toBe('Hello');
  });

  test('is nobody else’s to read, stream, cancel, delete or follow', async () => {
    const { script } = slow();
    const { begin, request, get } = open(script);
    const { id } = await begin();
    const theirs = { 'x-tenant': 'them' };
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '?stream=true'],
      ['POST', '/cancel'],
      ['DELETE', ''],
      ['GET', '/input_items'],
    ] as const)
      await expectError(await request(method, `/${id}${path}`, undefined, theirs), 404, { code: 'response_not_found' });
    const following = { model: 'sonnet', input: 'x', previous_response_id: id };
    await expectError(await request('POST', '', following, theirs), 400, { code: 'previous_response_not_found' });
    expect((await get(id)).status).toBe('in_progress');
  });

  test('is part of the conversation that it names, which is busy until it has ended', async () => {
    const { script, say, finish } = slow();
    const { app, begin, get, request } = open(script);
    const created = (await (await app.request('/v1/conversations', { method: 'POST' })).json()) as { id: string };
    const { id } = await begin({ conversation: created.id });
    const more = { model: 'sonnet', input: 'on', conversation: created.id, background: true };
    await expectError(await request('POST', '', more), 409, { code: 'conversation_busy' });
    say('Hello');
    finish();
    await expect.poll(() => get(id)).toMatchObject({ status: 'completed' });
    const items = (await (await app.request(`/v1/conversations/${created.id}/items`)).json()) as { data: object[] };
    expect(items.data).toHaveLength(2);
    expect((await request('POST', '', more)).status).toBe(200);
  });

  test('needs to be stored, and a server that can', async () => {
    const { script } = slow();
    const body = { model: 'sonnet', input: 'hi', background: true };
    const { request } = open(script);
    await expectError(await request('POST', '', { ...body, store: false }), 400, { param: 'background' });
    for (const more of [{ responses: { store: createMemoryResponseStore() } }, { conversations: undefined }] as never[]) {
      const without = open(script, stores(), { more });
      await expectError(await without.request('POST', '', body), 400, { param: 'background', code: 'unsupported_value' });
    }
  });

  test('there are no more of them than may be, of all and of one caller', async () => {
    const { script } = slow();
    const { begin, request, cancel } = open(script, stores(), { maxUnfinished: 3, maxUnfinishedPerCaller: 2 });
    const body = { model: 'sonnet', input: 'hi', background: true };
    const theirs = { 'x-tenant': 'them' };
    const first = await begin();
    await begin();
    await expectError(await request('POST', '', body), 429, { code: 'rate_limit_exceeded' });
    expect((await request('POST', '', body, theirs)).status).toBe(200);
    await expectError(await request('POST', '', body, theirs), 429, { code: 'rate_limit_exceeded' });
    await cancel(first.id);
    await begin();
  });
});

describe('what else a request can ask for', () => {
  test('an answer that does not fit its schema is repaired, where nothing is told before the end', async () => {
    const answers = ['{"city":5}', '{"city":"Oslo"}'];
    const { begin, get, runner } = open(function* () {
      yield { type: 'text-delta', text: answers.shift() ?? '' };
      yield { type: 'turn-end', reason: 'end_turn' };
    });
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };
    const { id } = await begin({ text: { format: { type: 'json_schema', name: 'place', schema, strict: true } } });
    await expect.poll(() => get(id)).toMatchObject({ status: 'completed' });
    expect(textOf(await get(id))).toBe('{"city":"Oslo"}');
    expect(runner.turns).toHaveLength(2);
  });

  test('an answer that is kept in the cache is told at once', async () => {
    const kept = new Map<string, CachedAnswer>();
    const store: ResponseCache = { get: async (key) => kept.get(key), set: async (key, answer) => void kept.set(key, answer) };
    const { begin, get, runner, stream } = open(textScript(['Hello ', 'world']), stores(), { more: { cache: { store, mode: 'all' } } });
    for (const count of [1, 2]) {
      const { id } = await begin();
      await expect.poll(() => get(id)).toMatchObject({ status: 'completed' });
      expect(textOf(await get(id))).toBe('Hello world');
      const types = (await allOf(await stream(id))).map(({ type }) => type);
      expect([count, types.slice(0, 3), types.at(-1)]).toEqual([
        count,
        ['response.created', 'response.queued', 'response.in_progress'],
        'response.completed',
      ]);
    }
    expect(runner.turns).toHaveLength(1);
  });

  test('one that is cut is incomplete, and can be gone on with', async () => {
    const { begin, get, request } = open(function* () {
      yield { type: 'text-delta', text: 'Well' };
      yield { type: 'turn-end', reason: 'max_tokens' };
    });
    const { id } = await begin({ max_output_tokens: 16 });
    await expect.poll(() => get(id)).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
    expect((await request('POST', '', { model: 'sonnet', input: 'on', previous_response_id: id })).status).toBe(200);
  });

  test('who leaves before they are told of it has asked for nothing', async () => {
    const leaving = new AbortController();
    const { conversations, responses } = stores();
    const { script } = slow();
    const slowly = { ...conversations, hold: async (...asked: [string, string]) => (leaving.abort(), conversations.hold(...asked)) };
    const { app, runner } = open(script, { conversations: slowly, responses });
    const response = await app.request('/v1/responses', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sonnet', input: 'hi', background: true }),
      signal: leaving.signal,
    });
    expect(response.status).toBe(499);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(runner.turns).toEqual([]);
  });

  test('silent streams are kept alive, by events that have no number of their own', async () => {
    for (const mode of ['comment', 'chunk'] as const) {
      const { script, say, finish } = slow();
      const { stream, request } = open(script, stores(), { more: { keepAlive: { mode, intervalMs: 20 } } });
      const asked = await request('POST', '', { model: 'sonnet', input: 'hi', background: true, stream: true });
      const own = asked.clone().text();
      const again = (await stream(await collect(asked).idOf())).text();
      await new Promise((resolve) => setTimeout(resolve, 150));
      say('Hello');
      finish();
      for (const text of [await own, await again]) {
        expect(text).toContain('event: keepalive');
        const data = text.split('\n').flatMap((line) => (line.startsWith('data: {') ? [JSON.parse(line.slice(6)) as StreamedEvent] : []));
        const numbers = data.filter(({ type }) => type !== 'keepalive').map(({ sequence_number: number }) => number);
        expect(numbers).toEqual(numbers.map((_, index) => index));
      }
    }
  });
});

describe('its places', () => {
  test('those that nobody waits for wait longer than the queue allows, and last', async () => {
    const { script, finish } = slow();
    const { begin, get, ask } = open(script, stores(), { more: { queue: { maxRunning: 1, maxWaiting: 1, timeoutMs: 3000 } } });
    const all = [await begin(), await begin(), await begin()];
    const awaited = ask('POST', '', { model: 'sonnet', input: 'hi' });
    await expect.poll(() => get(all[0]?.id ?? '')).toMatchObject({ status: 'in_progress' });
    finish();
    finish();
    expect(await awaited).toMatchObject({ status: 'completed' });
    expect(await get(all[2]?.id ?? '')).toMatchObject({ status: 'queued' });
    await new Promise((resolve) => setTimeout(resolve, 3300));
    finish();
    finish();
    for (const { id } of all) await expect.poll(() => get(id)).toMatchObject({ status: 'completed' });
  });

  test('a key has as many turns running as it may, and more wait', async () => {
    const { script, finish } = slow();
    const limits = { concurrentTurns: 1 };
    const { begin, get } = open(script, stores(), { more: { access: { callerOf: () => ({ tenant: 'me', limits }) } } });
    const [first, second] = [await begin(), await begin()];
    await expect.poll(() => get(first.id)).toMatchObject({ status: 'in_progress' });
    expect(await get(second.id)).toMatchObject({ status: 'queued' });
    finish();
    await expect.poll(() => get(second.id)).toMatchObject({ status: 'in_progress' });
    finish();
    await expect.poll(() => get(second.id)).toMatchObject({ status: 'completed' });
  });

  test('turns are counted, and the one line in the log tells what they took', async () => {
    const { script, finish } = slow();
    const lines: LogFields[] = [];
    const note = (fields: LogFields, message: string): void => void (message === 'request' && lines.push(fields));
    const logger: Logger = { debug: () => {}, info: note, warn: note, error: note };
    const { app, begin, get } = open(script, stores(), {
      more: { logger, access: { callerOf: () => ({ tenant: 'me', admin: true }) } },
    });
    const { id } = await begin();
    await expect
      .poll(async () => (await (await app.request('/health')).json()) as object)
      .toMatchObject({ turns: { running: 1, queued: 0 } });
    expect(lines.filter(({ route }) => route === '/v1/responses')).toEqual([]);
    finish();
    await expect.poll(() => get(id)).toMatchObject({ status: 'completed' });
    await expect
      .poll(() => lines.filter(({ route }) => route === '/v1/responses'))
      .toMatchObject([
        { requestId: expect.any(String), status: 200, outcome: 'ok', usage: { outputTokens: 1 }, conversation: expect.any(String) },
      ]);
  });
});

describe('several servers', () => {
  test('tell, stream and cancel what another runs', async () => {
    const places = stores();
    const { script, say, finish } = slow();
    const one = open(script, places);
    const other = open(script, places);
    const { id } = await one.begin({ stream: undefined });
    await expect.poll(() => other.get(id)).toMatchObject({ status: 'in_progress' });
    const streamed = allOf(await other.stream(id));
    say('Hello');
    finish();
    const events = await streamed;
    expect(words(events)).toBe('Hello');
    expect(events).toEqual(await allOf(await one.stream(id)));
    const second = await one.begin();
    await expect.poll(() => other.get(second.id)).toMatchObject({ status: 'in_progress' });
    expect(await other.cancel(second.id)).toMatchObject({ status: 'cancelled' });
    expect(await one.get(second.id)).toMatchObject({ status: 'cancelled' });
    expect(other.runner.turns).toHaveLength(0);
  });

  test('of which one has gone: whoever asks next finds that its responses have failed, and streams end', async () => {
    const { conversations, responses } = stores();
    const held = new Set<string>();
    // Its holds end, and it changes nothing any more.
    let isGone = false;
    const dying: ResponseStore = {
      ...responses,
      update: async (...change) => (isGone ? Promise.reject(new GatewayError('Gone.', { status: 503 })) : responses.update(...change)),
      hold: async (_, id) => (held.has(id) ? undefined : (held.add(id), async () => void held.delete(id))),
    };
    const living: ResponseStore = { ...responses, hold: (...asked) => dying.hold(...asked) };
    const { script, say } = slow();
    const one = open(script, { conversations, responses }, { store: dying });
    const other = open(script, { conversations, responses }, { store: living });
    const first = collect(await one.request('POST', '', { model: 'sonnet', input: 'hi', background: true, stream: true }));
    say('Hello');
    const id = await first.idOf();
    const wanted = await one.begin();
    await expect.poll(() => other.get(id)).toMatchObject({ status: 'in_progress' });
    const later = collect(await other.stream(id));
    await expect.poll(() => words(later.events)).toBe('Hello');
    await responses.cancel('me', wanted.id);
    isGone = true;
    held.clear();
    const [told] = await Promise.all([other.get(id), other.get(id)]);
    expect(told).toMatchObject({ status: 'failed', error: { code: 'server_error', message: expect.stringContaining('has ended') } });
    await later.done;
    expect(later.events.slice(-2).map(({ type }) => type)).toEqual(['error', 'response.failed']);
    expect(later.events.at(-1)?.response).toEqual(told);
    expect(later.events.map(({ sequence_number: number }) => number)).toEqual(later.events.map((_, index) => index));
    expect(await other.get(wanted.id)).toMatchObject({ status: 'cancelled' });
    const following = { model: 'sonnet', input: 'x', previous_response_id: id };
    await expectError(await other.request('POST', '', following), 400, { code: 'previous_response_unfinished' });
  });

  test('one that was away for a moment is not taken for gone', async () => {
    const { conversations, responses } = stores();
    let isAway = true;
    const forgetful: ResponseStore = { ...responses, hold: async () => (isAway ? async () => {} : undefined) };
    const { script, say, finish } = slow();
    const one = open(script, { conversations, responses });
    const other = open(script, { conversations, responses }, { store: forgetful });
    const { id } = await one.begin();
    const asked = other.get(id);
    setTimeout(() => (isAway = false), 500);
    expect((await asked).status).not.toBe('failed');
    say('Hello');
    finish();
    await expect.poll(() => other.get(id)).toMatchObject({ status: 'completed' });
  });
});

describe('a store that fails', () => {
  const away = (): Promise<never> => Promise.reject(new GatewayError('Away.', { status: 503, code: 'storage_unavailable' }));

  test('when it begins: a 503, and nothing runs', async () => {
    const { conversations, responses } = stores();
    const { script } = slow();
    const { request, runner } = open(script, { conversations, responses }, { store: { ...responses, create: away } });
    const body = { model: 'sonnet', input: 'hi', background: true };
    await expectError(await request('POST', '', body), 503, { code: 'storage_unavailable' });
    const broken = open(script, { conversations: { ...conversations, hold: away, find: away }, responses });
    await expectError(await broken.request('POST', '', body), 503, { code: 'storage_unavailable' });
    expect([runner.turns, broken.runner.turns]).toEqual([[], []]);
  });

  test('for a while: it goes on, and nothing of it is lost or told twice', async () => {
    const { conversations, responses } = stores();
    let isAway = false;
    const store: ResponseStore = {
      ...responses,
      read: (...asked) => (isAway ? away() : responses.read(...asked)),
      // What was made is told as a failure, as by a connection that breaks before the answer.
      update: async (...change) => {
        const made = isAway && Math.random() < 0.5 ? undefined : await responses.update(...change);
        return isAway ? away() : made;
      },
    };
    const { script, say, finish } = slow();
    const { request, stream, get } = open(script, { conversations, responses }, { store });
    const live = collect(await request('POST', '', { model: 'sonnet', input: 'hi', background: true, stream: true }));
    const id = await live.idOf();
    say('a');
    await expect.poll(() => words(live.events)).toBe('a');
    isAway = true;
    for (const word of ['b', 'c', 'd']) {
      say(word);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    finish();
    await new Promise((resolve) => setTimeout(resolve, 700));
    await expect.poll(() => words(live.events)).toBe('abcd');
    isAway = false;
    await live.done;
    expect(await get(id)).toMatchObject({ status: 'completed' });
    expect(await allOf(await stream(id))).toEqual(live.events);
    expect(words(live.events)).toBe('abcd');
  });

  test('at its end alone: it is kept when the store is back, once, also where that was done already', async () => {
    for (const isDone of [false, true]) {
      const { conversations, responses } = stores();
      let failures = 2;
      const kept = {
        ...conversations,
        create: async (...given: Parameters<typeof conversations.create>) => {
          if (failures === 0) return conversations.create(...given);
          failures -= 1;
          if (isDone && failures === 0) await conversations.create(...given);
          return away();
        },
      };
      const { script, say, finish } = slow();
      const { app, begin, get, request } = open(script, { conversations: kept, responses });
      const { id } = await begin();
      say('Hello');
      finish();
      await expect.poll(() => get(id)).toMatchObject({ status: 'completed' });
      finish();
      const following = { model: 'sonnet', input: 'on', previous_response_id: id };
      const next = await request('POST', '', following);
      expect(next.status).toBe(200);
      const items = await (await app.request(`/v1/conversations/${next.headers.get('x-conversation-id')}/items`)).json();
      expect((items as { data: object[] }).data).toHaveLength(3);
    }
  });

  test('that has no room for its events keeps its end', async () => {
    const { conversations, responses } = stores();
    const store: ResponseStore = {
      ...responses,
      update: async (tenant, id, change) => {
        const kept = (await responses.readEvents(tenant, id, 0)) ?? [];
        if ([...kept, ...change.events].join('').length > 20_000)
          throw new GatewayError('Too large.', { status: 413, code: 'response_too_large' });
        return responses.update(tenant, id, change);
      },
    };
    const { script, say } = slow();
    const { request, stream, get } = open(script, { conversations, responses }, { store });
    const live = collect(await request('POST', '', { model: 'sonnet', input: 'hi', background: true, stream: true }));
    const id = await live.idOf();
    for (let count = 0; count < 100; count += 1) say('word ');
    await live.done;
    expect(await get(id)).toMatchObject({ status: 'failed', error: { message: 'Too large.' } });
    expect(textOf(await get(id))).toBe('');
    const numbers = live.events.map(({ sequence_number: number }) => number);
    expect(numbers).toEqual([...new Set(numbers)].toSorted((one, other) => one - other));
    expect(await allOf(await stream(id, numbers.at(-2)))).toEqual(live.events.slice(-1));
  });

  test('that has no room for its end either lets it go', async () => {
    const { conversations, responses } = stores();
    const store: ResponseStore = {
      ...responses,
      update: async (tenant, id, change) => {
        if (change.isRunning) return responses.update(tenant, id, change);
        throw new GatewayError('Too large.', { status: 413, code: 'response_too_large' });
      },
    };
    const { script, say, finish } = slow();
    const { begin, request } = open(script, { conversations, responses }, { store });
    const { id } = await begin();
    say('Hello');
    finish();
    await expect.poll(async () => (await request('GET', `/${id}`)).status).toBe(404);
  });
});

describe('the end of the server', () => {
  test('waits for those that run, then fails the others, and begins none', async () => {
    const { script, say, finish } = slow();
    const { background, begin, get, request } = open(script);
    const first = await begin();
    setTimeout(() => (say('Hello'), finish()), 50);
    await background.ended(10_000);
    expect(await get(first.id)).toMatchObject({ status: 'completed' });
    const second = await begin();
    await background.ended(50);
    await background.close();
    expect(await get(second.id)).toMatchObject({
      status: 'failed',
      error: { code: 'server_error', message: expect.stringContaining('stopped') },
    });
    expect((await request('POST', '', { model: 'sonnet', input: 'hi', background: true })).status).toBe(500);
  });

  test('a runtime is told what to wait for', async () => {
    const { script, finish } = slow();
    const waited: Promise<void>[] = [];
    const { begin, get } = open(script, stores(), { waitUntil: (over) => void waited.push(over) });
    const { id } = await begin();
    finish();
    expect(waited).toHaveLength(1);
    await waited[0];
    expect(await get(id)).toMatchObject({ status: 'completed' });
  });
});

interface Collected {
  readonly events: readonly StreamedEvent[];
  readonly idOf: () => Promise<string>;
  readonly done: Promise<void>;
}

/** Reads a stream on the side. */
function collect(response: Response): Collected {
  const events: StreamedEvent[] = [];
  const done = (async () => {
    for await (const event of eventsOf(response)) events.push(event);
  })();
  return {
    events,
    done,
    async idOf() {
      await expect.poll(() => events.length).toBeGreaterThan(0);
      return events[0]?.response?.id ?? '';
    },
  };
}
