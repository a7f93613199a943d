import { describe, expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import { GatewayError } from '../../gateway-error.ts';
import type { GatewayOptions } from '../../gateway-options.ts';
import { createMemoryConversationStore } from '../../testing/create-memory-conversation-store.ts';
import { createMemoryResponseStore } from '../../testing/create-memory-response-store.ts';
import type { TurnEvent } from '../../turn/turn-event.ts';
import { createScriptedRunner, type Script, type ScriptedRunner } from '../../testing/create-scripted-runner.ts';

interface Told {
  readonly id: string;
  readonly status: string;
  readonly store: boolean;
  readonly output: readonly { readonly id: string; readonly type: string; readonly call_id?: string }[];
  readonly error: { readonly code: string } | null;
}

/** What replies have, each its part of it. */
interface Reply extends Told {
  readonly data: readonly Told[];
  readonly last_id: string;
}

interface StreamedEvent {
  readonly type: string;
  readonly response: Told;
}

interface Opened {
  readonly runner: ScriptedRunner;
  readonly request: (method: string, path: string, body?: object, headers?: Record<string, string>) => Promise<Response>;
  /** The JSON of a reply that must go well. */
  readonly ask: (method: string, path: string, body?: object) => Promise<Reply>;
  readonly respond: (input: unknown, more?: object) => Promise<Told>;
  /** What a turn brought to Claude, in short. */
  readonly heard: (turn: number) => string[];
}

/** Answers with a count of the turns. */
const counting: () => Script = () => {
  let count = 0;
  return function* () {
    yield { type: 'text-delta', text: `answer ${(count += 1)}` };
    yield { type: 'turn-end', reason: 'end_turn' };
  };
};

function open(script: Script = counting(), options: Partial<GatewayOptions> = {}): Opened {
  const runner = createScriptedRunner({ script });
  const app = createGateway({
    runner,
    conversations: { store: createMemoryConversationStore() },
    responses: { store: createMemoryResponseStore() },
    access: { callerOf: (given) => ({ tenant: given.headers.get('x-tenant') ?? 'me' }) },
    ...options,
  });
  const request: Opened['request'] = async (method, path, body, headers = {}) =>
    app.request(path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const ask: Opened['ask'] = async (method, path, body) => {
    const response = await request(method, path, body);
    const text = await response.text();
    expect(response.status, text).toBe(200);
    return JSON.parse(text);
  };
  return {
    runner,
    request,
    ask,
    respond: (input, more) => ask('POST', '/v1/responses', { model: 'sonnet', input, ...more }),
    heard: (turn) =>
      (runner.turns[turn]?.messages ?? []).flatMap(({ role, content }) =>
        content.map((block) => `${role[0]}:${block.type === 'text' ? block.text : block.type}`),
      ),
  };
}

async function expectError(response: Response, status: number, error: object): Promise<void> {
  const text = await response.text();
  expect(response.status, text).toBe(status);
  expect(JSON.parse(text).error).toMatchObject({ type: 'invalid_request_error', ...error });
}

/** The `data:` lines of a stream. */
async function eventsOf(response: Response): Promise<StreamedEvent[]> {
  const text = await response.text();
  return text.split('\n').flatMap((line) => (line.startsWith('data: {') ? [JSON.parse(line.slice(6))] : []));
}

describe('a response', () => {
  test('is read as it was told', async () => {
    const { respond, ask } = open();
    const told = await respond('one', { metadata: { a: 'b' } });
    expect(told).toMatchObject({ status: 'completed', store: true });
    expect(await ask('GET', `/v1/responses/${told.id}`)).toEqual(told);
  });

  test('that was streamed is read as its last event told it, and can be followed at once', async () => {
    const { request, ask, respond, heard } = open();
    const events = await eventsOf(await request('POST', '/v1/responses', { model: 'sonnet', input: 'one', stream: true }));
    const response = events.at(-1)!.response;
    expect(events[0]?.response).toMatchObject({ id: response.id, store: true });
    expect(await ask('GET', `/v1/responses/${response.id}`)).toEqual(response);
    await respond('two', { previous_response_id: response.id });
    expect(heard(1)).toEqual(['u:one', 'a:answer 1', 'u:two']);
  });

  test('is gone once it is deleted; its conversation stays', async () => {
    const { respond, ask, request } = open();
    const { id } = await respond('one');
    const next = await respond('two', { previous_response_id: id });
    expect(await ask('DELETE', `/v1/responses/${id}`)).toEqual({ id, object: 'response', deleted: true });
    for (const method of ['GET', 'DELETE'])
      await expectError(await request(method, `/v1/responses/${id}`), 404, { code: 'response_not_found' });
    await expectError(await request('GET', `/v1/responses/${id}/input_items`), 404, { code: 'response_not_found' });
    await respond('three', { previous_response_id: next.id });
  });

  test('of another tenant is not there', async () => {
    const { respond, request } = open();
    const { id } = await respond('one');
    const theirs = { 'x-tenant': 'them' };
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/input_items'],
    ] as const)
      await expectError(await request(method, `/v1/responses/${id}${path}`, undefined, theirs), 404, { code: 'response_not_found' });
    const following = { model: 'sonnet', input: 'x', previous_response_id: id };
    await expectError(await request('POST', '/v1/responses', following, theirs), 400, { code: 'previous_response_not_found' });
  });

  test('that is not to be stored is told so, and can neither be read nor followed', async () => {
    const { respond, request, runner } = open();
    const { id, store } = await respond('one', { store: false });
    expect(store).toBe(false);
    await expectError(await request('GET', `/v1/responses/${id}`), 404, { code: 'response_not_found' });
    const following = { model: 'sonnet', input: 'x', previous_response_id: id };
    await expectError(await request('POST', '/v1/responses', following), 400, {
      code: 'previous_response_not_found',
      param: 'previous_response_id',
    });
    expect(runner.turns).toHaveLength(1);
  });

  test.each(['resp_unknown', 'a/b', '%2e%2e', 'x'.repeat(65)])('%s is not there', async (id) => {
    const { request } = open();
    expect((await request('GET', `/v1/responses/${encodeURIComponent(id)}`)).status).toBe(404);
    const following = { model: 'sonnet', input: 'x', previous_response_id: id };
    await expectError(await request('POST', '/v1/responses', following), 400, { code: 'previous_response_not_found' });
  });

  test('where none are stored says so, and can not be followed', async () => {
    const { respond, request } = open(counting(), { responses: undefined } as object);
    const { id, store } = await respond('one');
    expect(store).toBe(false);
    expect((await request('GET', `/v1/responses/${id}`)).status).toBe(404);
  });

  test('whose stream failed is kept as failed, and can not be followed', async () => {
    const { request, ask } = open(function* () {
      yield { type: 'text-delta', text: 'half' };
      throw new GatewayError('It broke.', { status: 502 });
    });
    const events = await eventsOf(await request('POST', '/v1/responses', { model: 'sonnet', input: 'one', stream: true }));
    const { type, response } = events.at(-1)!;
    expect(type).toBe('response.failed');
    expect(await ask('GET', `/v1/responses/${response.id}`)).toEqual(response);
    const following = { model: 'sonnet', input: 'x', previous_response_id: response.id };
    await expectError(await request('POST', '/v1/responses', following), 400, { code: 'previous_response_unfinished' });
  });
});

describe('the input of a response', () => {
  test('is listed with ids, the newest first, in pages', async () => {
    const { respond, ask } = open();
    const input = [
      { role: 'user', content: 'one' },
      { id: 'msg_own', type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'two' }] },
      { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'call_1', output: 'three' },
      { type: 'odd_call', a: 1 },
    ];
    const { id } = await respond(input);
    const path = `/v1/responses/${id}/input_items`;
    const { data, ...list } = await ask('GET', `${path}?order=asc`);
    expect(list).toEqual({ object: 'list', first_id: data[0]?.id, last_id: data[4]?.id, has_more: false });
    expect(data).toMatchObject([
      { type: 'message', role: 'user', status: 'completed', content: [{ type: 'input_text', text: 'one' }] },
      { id: 'msg_own', type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'two' }] },
      { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'call_1', output: 'three' },
      { type: 'odd_call', a: 1 },
    ]);
    expect(new Set(data.map((item) => item.id)).size).toBe(5);
    const first = await ask('GET', `${path}?limit=2`);
    expect(first).toMatchObject({ data: [{ type: 'odd_call' }, { type: 'function_call_output' }], has_more: true });
    expect(await ask('GET', `${path}?limit=3&after=${first.last_id}`)).toMatchObject({ data: [{}, {}, {}], has_more: false });
  });

  test('that is text is one message', async () => {
    const { respond, ask } = open();
    const { id } = await respond('one');
    expect((await ask('GET', `/v1/responses/${id}/input_items`)).data).toMatchObject([
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'one' }] },
    ]);
  });

  test.each(['limit=0', 'limit=101', 'order=up', 'after=msg_unknown'])('%s is a 400', async (query) => {
    const { respond, request } = open();
    const { id } = await respond('one');
    await expectError(await request('GET', `/v1/responses/${id}/input_items?${query}`), 400, { param: query.split('=')[0] });
  });
});

describe('a request that goes on with a response', () => {
  test('is in its conversation, which the other routes know too', async () => {
    const { request, respond, ask, heard, runner } = open();
    const first = await request('POST', '/v1/responses', { model: 'sonnet', input: 'one' });
    const conversation = first.headers.get('x-conversation-id');
    const { id, output } = (await first.json()) as Told;
    const second = await respond('two', { previous_response_id: id });
    expect(heard(1)).toEqual(['u:one', 'a:answer 1', 'u:two']);
    expect(runner.turns[1]?.conversation).toBe(conversation);
    expect(second).toMatchObject({ previous_response_id: id });
    const { data } = await ask('GET', `/v1/conversations/${conversation}/items?order=asc`);
    expect(data).toMatchObject([{ role: 'user' }, { id: output[0]?.id }, { role: 'user' }, { id: second.output[0]?.id }]);
  });

  test('has neither the instructions of the one before, nor its tools', async () => {
    const { respond, runner } = open();
    const { id } = await respond('one', { instructions: 'Be brief.', tools: [{ type: 'function', name: 'f' }] });
    await respond('two', { previous_response_id: id });
    expect(runner.turns[1]).toMatchObject({ system: [], tools: [] });
    await respond('three', { previous_response_id: id, instructions: 'Be long.' });
    expect(runner.turns[2]?.system).toMatchObject([{ text: 'Be long.' }]);
  });

  test('branches off where another has followed already', async () => {
    const { respond, heard, runner } = open();
    const { id } = await respond('one');
    const left = await respond('left', { previous_response_id: id });
    const right = await respond('right', { previous_response_id: id });
    expect(heard(2)).toEqual(['u:one', 'a:answer 1', 'u:right']);
    expect(runner.turns[2]?.conversation).not.toBe(runner.turns[1]?.conversation);
    await respond('more', { previous_response_id: left.id });
    expect(heard(3)).toEqual(['u:one', 'a:answer 1', 'u:left', 'a:answer 2', 'u:more']);
    await respond('more', { previous_response_id: right.id });
    expect(heard(4)).toEqual(['u:one', 'a:answer 1', 'u:right', 'a:answer 3', 'u:more']);
    expect(runner.turns[4]?.conversation).toBe(runner.turns[2]?.conversation);
  });

  test('beside another at once: neither is lost', async () => {
    const { respond, heard } = open(async function* () {
      await new Promise((resolve) => setTimeout(resolve, 30));
      yield { type: 'text-delta', text: 'said' };
      yield { type: 'turn-end', reason: 'end_turn' };
    });
    const { id } = await respond('one');
    const both = await Promise.all(['left', 'right'].map((input) => respond(input, { previous_response_id: id })));
    for (const [index, { id: branch }] of both.entries()) {
      await respond('more', { previous_response_id: branch });
      expect(heard(3 + index)).toEqual(['u:one', 'a:said', `u:${['left', 'right'][index]}`, 'a:said', 'u:more']);
    }
  });

  test('brings the results of its calls alone, also on a branch', async () => {
    const { respond, heard } = open(function* (turn) {
      if (turn.messages.length > 1) yield { type: 'text-delta', text: 'done' };
      else {
        yield { type: 'call', id: 'toolu_1', name: 'f' };
        yield { type: 'input-delta', json: '{"a":1}' };
      }
      yield { type: 'turn-end', reason: turn.messages.length > 1 ? 'end_turn' : 'tool_use' };
    });
    const tools = [{ type: 'function', name: 'f' }];
    const { id, output } = await respond('one', { tools });
    const results = [{ type: 'function_call_output', call_id: output[0]?.call_id, output: 'r' }];
    for (const turn of [1, 2]) {
      expect(await respond(results, { tools, previous_response_id: id })).toMatchObject({ status: 'completed' });
      expect(heard(turn)).toEqual(['u:one', 'a:tool_use', 'u:tool_result']);
    }
  });

  test('and brings an answer of its own is not taken for a history', async () => {
    const { respond, heard } = open();
    const { id } = await respond('one');
    const said = [
      { role: 'user', content: 'x' },
      { role: 'assistant', content: 'y' },
      { role: 'user', content: 'z' },
    ];
    await respond(said, { previous_response_id: id });
    expect(heard(1)).toEqual(['u:one', 'a:answer 1', 'u:x', 'a:y', 'u:z']);
  });

  test('names no conversation besides', async () => {
    const { respond, request } = open();
    const { id } = await respond('one');
    const body = { model: 'sonnet', input: 'x', previous_response_id: id };
    const conversation = 'conv_0198c2f00000700080000000000000ab';
    const error = { param: 'previous_response_id', code: 'mutually_exclusive_parameters' };
    await expectError(await request('POST', '/v1/responses', { ...body, conversation }), 400, error);
    await expectError(await request('POST', '/v1/responses', body, { 'x-conversation-id': conversation }), 400, error);
  });

  test('whose conversation is gone is a 400, though it can be read', async () => {
    const { request } = open();
    const first = await request('POST', '/v1/responses', { model: 'sonnet', input: 'one' });
    const { id } = (await first.json()) as Told;
    await request('DELETE', `/v1/conversations/${first.headers.get('x-conversation-id')}`);
    const body = { model: 'sonnet', input: 'x', previous_response_id: id };
    await expectError(await request('POST', '/v1/responses', body), 400, { code: 'previous_response_not_found' });
    expect((await request('GET', `/v1/responses/${id}`)).status).toBe(200);
    await request('DELETE', `/v1/responses/${id}`);
    expect((await request('GET', `/v1/responses/${id}`)).status).toBe(404);
  });

  test('goes on in a conversation that it names by its id, with that system prompt', async () => {
    const { request, respond, heard } = open();
    const first = await request('POST', '/v1/responses', { model: 'sonnet', input: 'one' });
    const conversation = { id: first.headers.get('x-conversation-id') };
    expect(await respond('two', { conversation })).toMatchObject({ conversation });
    expect(heard(1)).toEqual(['u:one', 'a:answer 1', 'u:two']);
  });
});

describe('where the store can not be reached', () => {
  const unavailable = new GatewayError('Not now.', { status: 503, code: 'storage_unavailable' });
  const store = { ...createMemoryResponseStore(), read: () => Promise.reject(unavailable), create: () => Promise.reject(unavailable) };

  test('a whole reply comes, and says that it is not stored', async () => {
    const { respond } = open(counting(), { responses: { store } });
    expect(await respond('one')).toMatchObject({ status: 'completed', store: false });
  });

  test('a stream that promised more fails', async () => {
    const { request } = open(counting(), { responses: { store } });
    const events = await eventsOf(await request('POST', '/v1/responses', { model: 'sonnet', input: 'one', stream: true }));
    expect(events.at(-1)).toMatchObject({ type: 'response.failed', response: { error: { code: 'server_is_overloaded' } } });
  });

  test('who needs an earlier response gets a 503', async () => {
    const { request } = open(counting(), { responses: { store } });
    for (const [method, path, body] of [
      ['POST', '', { model: 'sonnet', input: 'x', previous_response_id: 'resp_1' }],
      ['GET', '/resp_1', undefined],
    ] as const)
      expect((await request(method, `/v1/responses${path}`, body)).status).toBe(503);
  });
});

describe('a reference', () => {
  /** Calls a tool first, and then says something. */
  const calling: Script = function* (turn) {
    if (turn.messages.some(({ content }) => content.some(({ type }) => type === 'tool_result'))) return yield* saying();
    yield { type: 'block-start', index: 0, block: { type: 'text' } };
    yield { type: 'text-delta', index: 0, text: 'Let me look.' };
    yield { type: 'block-end', index: 0 };
    yield { type: 'block-start', index: 1, block: { type: 'tool_use', id: 'toolu_1', name: 'look' } };
    yield { type: 'input-delta', index: 1, json: '{"at":"it"}' };
    yield { type: 'block-end', index: 1 };
    yield { type: 'turn-end', reason: 'tool_use' };
  };
  function* saying(): Generator<TurnEvent, void, undefined> {
    yield { type: 'block-start', index: 0, block: { type: 'text' } };
    yield { type: 'text-delta', index: 0, text: 'Seen.' };
    yield { type: 'block-end', index: 0 };
    yield { type: 'turn-end', reason: 'end_turn' };
  }
  const tools = [{ type: 'function', name: 'look', parameters: { type: 'object', properties: {} } }];
  const refer = (id: string, type?: string | null): object => ({ id, ...(type !== undefined && { type }) });
  const question = { role: 'user', content: 'What is it?' };

  test.each(['item_reference', null, undefined])('with the type %s stands for the item of a response that is kept', async (type) => {
    const { respond, heard } = open(calling);
    const { output } = await respond([question], { tools });
    const [said, call] = output;
    const result = { type: 'function_call_output', call_id: call!.call_id, output: 'a cat' };
    await respond([question, refer(said!.id, type), refer(call!.id, type), result], { tools });
    expect(heard(1)).toEqual(['u:What is it?', 'a:Let me look.', 'a:tool_use', 'u:tool_result']);
  });

  test('may be to what was asked, and in what only counts or sums up', async () => {
    const { respond, ask, heard } = open(calling);
    const { id } = await respond([question], { tools });
    const { data } = await ask('GET', `/v1/responses/${id}/input_items`);
    const input = [refer(data[0]!.id, 'item_reference'), { role: 'user', content: 'And now?' }];
    await respond(input);
    expect(heard(1)).toEqual(['u:What is it?', 'u:And now?']);
    for (const path of ['input_tokens', 'compact']) await ask('POST', `/v1/responses/${path}`, { model: 'sonnet', input });
  });

  test('is a 400 where it is to nothing, to what is not kept, is gone, or is of another tenant', async () => {
    const { respond, request, ask, runner } = open(calling);
    const [kept, unkept, gone] = [
      await respond([question], { tools }),
      await respond([question], { tools, store: false }),
      await respond([question], { tools }),
    ];
    await ask('DELETE', `/v1/responses/${gone.id}`);
    const places: [string, string][] = [
      ['msg_1', 'me'],
      [`${kept.output[0]!.id}0`, 'me'],
      [unkept.output[0]!.id, 'me'],
      [gone.output[0]!.id, 'me'],
      [kept.output[0]!.id, 'them'],
    ];
    for (const [id, tenant] of places)
      await expectError(
        await request('POST', '/v1/responses', { model: 'sonnet', input: [question, refer(id, 'item_reference')] }, { 'x-tenant': tenant }),
        400,
        { code: 'item_not_found', param: 'input[1].id' },
      );
    expect(runner.turns).toHaveLength(3);
  });
});
