import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { newConversationId } from '../../conversations/ids.ts';
import { createBodyBudget } from '../../http/body/body-budget.ts';
import { createRoutes } from '../../http/create-routes.ts';
import type { MediaAccess } from '../../media/media-access.ts';
import type { ConversationItem, ConversationStore } from '../../ports/conversation-store.ts';
import { type Logger, silentLogger } from '../../ports/logger.ts';
import { createMemoryConversationStore } from '../../testing/create-memory-conversation-store.ts';
import { addConversationRoutes } from './add-conversation-routes.ts';

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const pixelUrl = `data:image/png;base64,${pixel}`;

/** What replies have, each its part of it. */
interface Reply {
  readonly id: string;
  readonly metadata: object;
  readonly message_count: number;
  readonly messages: readonly object[];
  readonly data: readonly { readonly id: string; readonly role: string; readonly content: readonly { readonly text: string }[] }[];
  readonly first_id: string;
  readonly last_id: string;
  readonly has_more: boolean;
}

interface Opened {
  readonly store: ConversationStore;
  readonly request: (method: string, path: string, body?: unknown, tenant?: string) => Promise<Response>;
  /** The reply's JSON, of a request that must go well. */
  readonly ask: (method: string, path: string, body?: unknown) => Promise<Reply>;
}

function open({
  media = {},
  ttlMs = 60_000,
  maxBodyBytes = 10_000,
  forget = async () => {},
  logger = silentLogger,
}: {
  media?: MediaAccess;
  ttlMs?: number;
  maxBodyBytes?: number;
  forget?: (tenant: string, id: string) => Promise<void>;
  logger?: Logger;
} = {}): Opened {
  const store = createMemoryConversationStore({ ttlMs });
  const app = new Hono();
  const add = createRoutes(app, {
    dialects: [],
    logger,
    callerOf: (given) => ({ tenant: given.headers.get('x-tenant') ?? 'me' }),
    quotas: undefined,
    insight: undefined,
    guard: () => {},
    bodies: createBodyBudget({ maxBytes: maxBodyBytes, maxBytesPerTenant: maxBodyBytes }),
    maxBodyBytes,
  });
  addConversationRoutes(add, { store, media, maxBodyBytes, forget });
  const request: Opened['request'] = async (method, path, body, tenant = 'me') =>
    app.request(`/v1/conversations${path}`, {
      method,
      headers: { 'x-tenant': tenant, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  return {
    store,
    request,
    ask: async (method, path, body) => {
      const response = await request(method, path, body);
      const text = await response.text();
      expect(response.status, text).toBe(200);
      return JSON.parse(text);
    },
  };
}

async function expectError(response: Response, status: number, error: object): Promise<void> {
  const text = await response.text();
  expect(response.status, text).toBe(status);
  expect(response.headers.get('x-request-id')).toMatch(/./);
  const body = JSON.parse(text);
  expect(Object.keys(body.error).toSorted()).toEqual(['code', 'message', 'param', 'type']);
  expect(body.error).toMatchObject({ type: 'invalid_request_error', ...error });
}

const user = (content: unknown): object => ({ role: 'user', content });
const seconds = expect.toSatisfy((value: number) => Number.isInteger(value) && Math.abs(value - Date.now() / 1000) < 120, 'now in seconds');

describe('a conversation', () => {
  test.each([
    ['nothing', undefined],
    ['an empty body', ''],
    ['an empty object', {}],
    ['nulls', { metadata: null, items: null }],
  ])('is made of %s', async (_, body) => {
    expect(await open().ask('POST', '', body)).toEqual({
      id: expect.stringMatching(/^conv_[\da-f]{32}$/),
      object: 'conversation',
      created_at: seconds,
      metadata: {},
      updated_at: seconds,
      expires_at: seconds,
      model: null,
      message_count: 0,
    });
  });

  test("has OpenAI's four fields first", async () => {
    const made = await open().ask('POST', '', { metadata: { a: 'b' }, items: [user('hi')] });
    expect(Object.keys(made).slice(0, 4)).toEqual(['id', 'object', 'created_at', 'metadata']);
    expect(made).toMatchObject({ metadata: { a: 'b' }, message_count: 1 });
  });

  test('comes with its messages, as chat completions take them', async () => {
    const { ask } = open();
    const { id } = await ask('POST', '', {
      items: [
        { role: 'system', content: 'Be brief.' },
        user([
          { type: 'input_text', text: 'What is this?' },
          { type: 'input_image', image_url: pixelUrl },
        ]),
        { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{"at":1}' },
        { type: 'function_call_output', call_id: 'call_1', output: 'a pixel' },
        { role: 'assistant', content: 'A pixel.' },
      ],
    });
    const conversation = await ask('GET', `/${id}`);
    expect(conversation).toMatchObject({ id, object: 'conversation', message_count: 4 });
    expect(conversation.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: pixelUrl } },
        ],
      },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"at":1}' } }],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'a pixel' },
      { role: 'assistant', content: 'A pixel.' },
    ]);
  });

  test('gets other metadata, whole, and none with null', async () => {
    const { ask, request } = open();
    const { id } = await ask('POST', '', { metadata: { a: '1' } });
    expect(await ask('POST', `/${id}`, { metadata: { b: '2' } })).toMatchObject({ id, metadata: { b: '2' } });
    expect((await ask('GET', `/${id}`)).metadata).toEqual({ b: '2' });
    await expectError(await request('POST', `/${id}`, {}), 400, { code: 'missing_required_parameter', param: 'metadata' });
    expect(await ask('POST', `/${id}`, { metadata: null })).toMatchObject({ metadata: {} });
  });

  test('is gone once it is deleted', async () => {
    const { ask, request } = open();
    const { id } = await ask('POST', '');
    expect(await ask('DELETE', `/${id}`)).toEqual({ id, object: 'conversation.deleted', deleted: true });
    await expectError(await request('DELETE', `/${id}`), 404, { code: 'conversation_not_found' });
    await expectError(await request('GET', `/${id}`), 404, { code: 'conversation_not_found' });
  });

  test('that is deleted is forgotten by the runner, and no other', async () => {
    const forgotten: string[][] = [];
    const { ask, request } = open({ forget: async (...given) => void forgotten.push(given) });
    const { id } = await ask('POST', '');
    await request('DELETE', `/${id}`, undefined, 'them');
    await request('DELETE', `/${newConversationId()}`);
    expect(forgotten).toEqual([]);
    await ask('DELETE', `/${id}`);
    await request('DELETE', `/${id}`);
    expect(forgotten).toEqual([['me', id]]);
  });

  test('is deleted also where the runner can not forget it: that is logged', async () => {
    const warned: object[] = [];
    const logger: Logger = { ...silentLogger, warn: (fields) => void warned.push(fields) };
    const error = new Error('/secret/place');
    const { ask } = open({ logger, forget: () => Promise.reject(error) });
    const { id } = await ask('POST', '');
    expect(await ask('DELETE', `/${id}`)).toEqual({ id, object: 'conversation.deleted', deleted: true });
    expect(warned).toEqual([expect.objectContaining({ error, conversation: id })]);
  });

  test('does not tell the steps of agents', async () => {
    const { store, ask } = open();
    const id = newConversationId();
    const steps = [{ role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'Read', input: { path: 'hidden' } }] }] as const;
    const said = { type: 'text', text: 'Done.' } as const;
    const items: ConversationItem[] = [
      { id: 'msg_1', role: 'user', content: [{ type: 'text', text: 'Do it.' }] },
      { id: 'msg_2', role: 'assistant', content: [said], steps },
      { id: 'msg_3', role: 'user', content: [{ type: 'text', text: 'Again.' }] },
      { id: 'msg_4', role: 'assistant', content: [], steps },
    ];
    await store.create('me', { id, metadata: {}, system: '', items });
    const conversation = await ask('GET', `/${id}`);
    expect(conversation.messages).toEqual([
      { role: 'user', content: 'Do it.' },
      { role: 'assistant', content: 'Done.' },
      { role: 'user', content: 'Again.' },
      { role: 'assistant', content: '' },
    ]);
    const list = await ask('GET', `/${id}/items`);
    expect(list.data.map((item) => item.id)).toEqual(['msg_4', 'msg_3', 'msg_2', 'msg_1']);
    expect(list.data[0]).toEqual({ id: 'msg_4', type: 'message', status: 'completed', role: 'assistant', content: [] });
    expect(JSON.stringify([conversation, list, await ask('GET', `/${id}/items/msg_2`)])).not.toMatch(/hidden|steps|Read/);
  });

  test.each<[string, unknown, object]>([
    ['more than 16 pairs', Object.fromEntries(Array.from({ length: 17 }, (_, index) => [String(index), ''])), { param: 'metadata' }],
    ['a key of 65 characters', { ['k'.repeat(65)]: '' }, { param: 'metadata' }],
    ['a value of 513 characters', { a: 'v'.repeat(513) }, { param: 'metadata.a' }],
    ['a number', { a: 1 }, { param: 'metadata.a', code: 'invalid_type' }],
    ['no object', 'x', { param: 'metadata', code: 'invalid_type' }],
  ])('has no metadata of %s', async (_, metadata, error) => {
    const { ask, request } = open();
    await expectError(await request('POST', '', { metadata }), 400, error);
    const { id } = await ask('POST', '');
    await expectError(await request('POST', `/${id}`, { metadata }), 400, error);
  });

  test('has metadata up to the limits', async () => {
    const metadata = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [String(index).padEnd(64, 'k'), 'v'.repeat(512)]));
    expect((await open({ maxBodyBytes: 20_000 }).ask('POST', '', { metadata })).metadata).toEqual(metadata);
  });

  test('of malformed JSON, of another type or too large is refused', async () => {
    const { request } = open();
    await expectError(await request('POST', '', '{'), 400, { message: expect.stringContaining('not valid JSON') });
    await expectError(await request('POST', '', []), 400, { code: 'invalid_type' });
    await expectError(await request('POST', '', { metadata: { a: 'x'.repeat(10_000) } }), 413, { code: 'request_too_large' });
  });
});

describe('the list', () => {
  test('is the newest first, in pages', async () => {
    const { ask } = open();
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.unshift((await ask('POST', '', { items: [user('hi')] })).id);
    const first = await ask('GET', '?limit=2');
    expect(first).toEqual({ object: 'list', data: expect.any(Array), first_id: ids[0], last_id: ids[1], has_more: true });
    expect(first.data[0]).not.toHaveProperty('messages');
    expect(first.data[0]).toMatchObject({ object: 'conversation', message_count: 1 });
    const rest = await ask('GET', `?limit=3&after=${first.last_id}`);
    expect(rest.data.map(({ id }) => id)).toEqual(ids.slice(2));
    expect(rest.has_more).toBe(false);
    const oldest = await ask('GET', '?order=asc');
    expect(oldest.data.map(({ id }) => id)).toEqual(ids.toReversed());
  });

  test('of nothing has no ids', async () => {
    expect(await open().ask('GET', '')).toEqual({ object: 'list', data: [], first_id: '', last_id: '', has_more: false });
  });

  test.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=x', 'limit'],
    ['limit=1.5', 'limit'],
    ['order=up', 'order'],
    ['after=a%2Fb', 'after'],
    ['after=', 'after'],
  ])('with %s is a 400', async (query, param) => {
    const { ask, request } = open();
    await expectError(await request('GET', `?${query}`), 400, { code: 'invalid_value', param });
    const { id } = await ask('POST', '');
    await expectError(await request('GET', `/${id}/items?${query}`), 400, { code: 'invalid_value', param });
  });
});

describe('items', () => {
  test('come back as they were given', async () => {
    const { ask } = open();
    const { id } = await ask('POST', '');
    const given = [
      user('hi'),
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'text', text: 'and this' },
          { type: 'input_image', image_url: pixelUrl },
          { type: 'input_image', image_url: 'https://x.test/a.png', detail: 'high' },
          { type: 'input_file', file_data: btoa('some text'), filename: 'a.txt' },
          { type: 'input_file', file_url: 'https://x.test/a.pdf' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'output_text', text: 'yes' },
          { type: 'refusal', refusal: 'no' },
        ],
      },
      ...['call_1', 'call_2', 'call_3'].map((callId) => ({ type: 'function_call', call_id: callId, name: 'f', arguments: '' })),
      { type: 'function_call_output', call_id: 'call_1', output: 'done' },
      {
        type: 'function_call_output',
        call_id: 'call_2',
        output: [
          { type: 'input_text', text: 'a' },
          { type: 'input_text', text: 'b' },
        ],
      },
      { type: 'function_call_output', call_id: 'call_3', output: [{ type: 'input_image', image_url: pixelUrl }] },
    ];
    const { data, ...list } = await ask('POST', `/${id}/items`, { items: given });
    const text = { annotations: [], logprobs: [], type: 'output_text' };
    const image = { type: 'input_image', detail: 'auto', file_id: null };
    const message = { id: expect.stringMatching(/^msg_[\da-f]{32}$/), type: 'message', status: 'completed' };
    const call = { id: expect.stringMatching(/^fc_[\da-f]{32}$/), type: 'function_call', status: 'completed' };
    const output = { id: expect.stringMatching(/^fco_[\da-f]{32}$/), type: 'function_call_output', status: 'completed' };
    expect(data).toEqual([
      { ...message, role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
      {
        ...message,
        role: 'user',
        content: [
          { type: 'input_text', text: 'and this' },
          { ...image, image_url: pixelUrl },
          { ...image, image_url: 'https://x.test/a.png' },
          { type: 'input_file', file_data: `data:text/plain;base64,${btoa('some text')}`, filename: 'a.txt' },
          { type: 'input_file', file_url: 'https://x.test/a.pdf' },
        ],
      },
      {
        ...message,
        role: 'assistant',
        content: [
          { ...text, text: 'yes' },
          { ...text, text: 'no' },
        ],
      },
      ...['call_1', 'call_2', 'call_3'].map((call_id) => ({ ...call, call_id, name: 'f', arguments: '{}' })),
      { ...output, call_id: 'call_1', output: 'done' },
      { ...output, call_id: 'call_2', output: 'a\nb' },
      { ...output, call_id: 'call_3', output: [{ ...image, image_url: pixelUrl }] },
    ]);
    expect(list).toEqual({ object: 'list', first_id: data[0]!.id, last_id: data[8]!.id, has_more: false });
    expect((await ask('GET', `/${id}/items?order=asc`)).data).toEqual(data);
    expect(await ask('GET', `/${id}/items/${data[3]!.id}`)).toEqual(data[3]);
    // What was told can be given to another conversation.
    const { id: other } = await ask('POST', '', { items: data });
    const copied = await ask('GET', `/${other}/items?order=asc`);
    const withoutId = (item: object): object => ({ ...item, id: undefined });
    expect(copied.data.map(withoutId)).toEqual(data.map(withoutId));
  });

  const called = (id: string): object => ({ type: 'function_call', call_id: id, name: 'f', arguments: '{}' });
  const result = (id: string): object => ({ type: 'function_call_output', call_id: id, output: 'x' });
  const said = { role: 'assistant', content: 'Hm.' };

  test.each<[string, object[]]>([
    ['a result without its call', [result('a')]],
    ['a result of another call', [called('a'), result('b')]],
    ['a result that stands twice', [called('a'), result('a'), result('a')]],
    ['a result before its call', [user('hi'), result('a'), called('a')]],
    ['a result that comes too late', [called('a'), user('hi'), said, result('a')]],
    ['a call that was passed over', [called('a'), user('hi'), said, user('and now?')]],
  ])('from which no turn can go on are refused: %s', async (_, items) => {
    const { ask, request } = open();
    await expectError(await request('POST', '', { items }), 400, { param: 'items', code: 'invalid_value' });
    const { id } = await ask('POST', '', { items: [user('first'), said] });
    await expectError(await request('POST', `/${id}/items`, { items }), 400, { param: 'items', code: 'invalid_value' });
    expect((await ask('GET', `/${id}/items`)).data).toHaveLength(2);
    expect((await ask('GET', '')).data).toHaveLength(1);
  });

  test.each<[string, object[], object[]]>([
    ['a call that waits for its result', [called('a')], [result('a')]],
    ['two calls, of which one has its result', [called('a'), called('b'), result('b')], [result('a')]],
    ['a call, and a message before its result', [called('a'), user('hi')], [result('a')]],
  ])('from which one can, are taken: %s', async (_, items, more) => {
    const { ask } = open();
    const { id } = await ask('POST', '', { items });
    await ask('POST', `/${id}/items`, { items: more });
    expect((await ask('GET', `/${id}/items`)).data).toHaveLength(items.length + more.length);
  });

  test('with thousands of pictures are counted before any is fetched', async () => {
    let fetched = 0;
    const fetchUrl = async (): Promise<string> => {
      fetched += 1;
      return pixel;
    };
    const { request } = open({ media: { fetchUrl }, maxBodyBytes: 1_000_000 });
    const part = { type: 'input_image', image_url: 'https://x.test/a.png' };
    for (const items of [
      [user(Array.from({ length: 101 }, () => part))],
      Array.from({ length: 20 }, () => user(Array.from({ length: 100 }, () => part))),
      [called('a'), { ...result('a'), output: Array.from({ length: 2000 }, () => part) }],
    ])
      await expectError(await request('POST', '', { items }), 400, { param: 'items', message: expect.stringContaining('100 at most') });
    expect(fetched).toBe(0);
    expect((await request('POST', '', { items: [user(Array.from({ length: 100 }, () => part))] })).status).toBe(200);
    expect(fetched).toBe(1);
  });

  test('are listed newest first, in pages', async () => {
    const { ask, request } = open();
    const { id } = await ask('POST', '', { items: ['1', '2', '3'].map(user) });
    await ask('POST', `/${id}/items`, { items: [user('4')] });
    const texts = ({ data }: Reply): string => data.map(({ content }) => content[0]!.text).join('');
    const first = await ask('GET', `/${id}/items?limit=3`);
    expect([texts(first), first.has_more]).toEqual(['432', true]);
    const second = await ask('GET', `/${id}/items?limit=3&after=${first.last_id}`);
    expect([texts(second), second.has_more]).toEqual(['1', false]);
    expect(texts(await ask('GET', `/${id}/items?order=asc&limit=2&after=${second.last_id}`))).toBe('23');
    expect(await ask('GET', `/${id}/items?limit=4`)).toMatchObject({ has_more: false });
    expect(await ask('GET', `/${id}/items?after=${second.last_id}`)).toMatchObject({
      data: [],
      first_id: '',
      last_id: '',
      has_more: false,
    });
    await expectError(await request('GET', `/${id}/items?after=msg_x`), 400, { param: 'after' });
  });

  test('of system messages become part of the system prompt', async () => {
    const { ask, request, store } = open();
    const { id } = await ask('POST', '', { items: [{ role: 'system', content: 'One.' }] });
    const { data } = await ask('POST', `/${id}/items`, {
      items: [user('hi'), { role: 'developer', content: [{ type: 'input_text', text: 'Two.' }] }, { role: 'system', content: ' ' }],
    });
    expect(data.map(({ role }) => role)).toEqual(['user', 'developer', 'system']);
    expect(data[1]).toMatchObject({ id: expect.stringMatching(/^msg_/), content: [{ type: 'input_text', text: 'Two.' }] });
    expect(await store.read('me', id)).toMatchObject({ system: 'One.\n\nTwo.', itemCount: 1 });
    expect((await ask('GET', `/${id}`)).messages[0]).toEqual({ role: 'system', content: 'One.\n\nTwo.' });
    expect((await ask('GET', `/${id}/items`)).data).toHaveLength(1);
    await expectError(await request('GET', `/${id}/items/${data[1]!.id}`), 404, { code: 'item_not_found' });
  });

  test('are removed, and the conversation is told', async () => {
    const { ask, request } = open();
    const { id } = await ask('POST', '', { items: [user('1'), user('2')] });
    const { last_id: first } = await ask('GET', `/${id}/items`);
    expect(await ask('DELETE', `/${id}/items/${first}`)).toMatchObject({ id, object: 'conversation', message_count: 1 });
    await expectError(await request('DELETE', `/${id}/items/${first}`), 404, { code: 'item_not_found' });
    await expectError(await request('GET', `/${id}/items/${first}`), 404, { code: 'item_not_found' });
    expect((await ask('GET', `/${id}`)).messages).toEqual([{ role: 'user', content: '2' }]);
  });

  test('of reasoning tell the text and never the signature', async () => {
    const { ask, store } = open();
    const items: ConversationItem[] = [
      {
        id: 'rs_1',
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm', signature: 'secret' },
          { type: 'redacted_thinking', data: 'secret' },
        ],
      },
      { id: 'msg_1', role: 'assistant', content: [{ type: 'text', text: 'so' }] },
    ];
    const { id } = await store.create('me', { id: newConversationId(), metadata: {}, system: '', model: 'sonnet', items });
    expect(await ask('GET', `/${id}/items/rs_1`)).toEqual({
      id: 'rs_1',
      type: 'reasoning',
      summary: [],
      content: [{ type: 'reasoning_text', text: 'hm' }],
    });
    const conversation = await ask('GET', `/${id}`);
    expect(conversation).toMatchObject({ model: 'sonnet', messages: [{ role: 'assistant', content: 'so', reasoning_content: 'hm' }] });
    expect(JSON.stringify(conversation)).not.toContain('secret');
  });

  test('with pictures get them as the operator allows', async () => {
    const asked: string[] = [];
    const get = async (place: string): Promise<string> => {
      asked.push(place);
      return pixel;
    };
    const items = ['/a.png', 'https://x.test/b.png'].map((url) => user([{ type: 'input_image', image_url: url }]));
    const { ask } = open({ media: { readLocalFile: get, fetchUrl: get } });
    const { id } = await ask('POST', '');
    const { data } = await ask('POST', `/${id}/items`, { items });
    expect(data.map(({ content }) => content)).toEqual(
      items.map(() => [{ type: 'input_image', image_url: pixelUrl, detail: 'auto', file_id: null }]),
    );
    expect(asked).toEqual(['/a.png', 'https://x.test/b.png']);
    await expectError(await open().request('POST', '', { items: [items[0]] }), 400, { param: 'items[0].content[0].image_url' });
  });

  test.each<[string, unknown, object]>([
    ['a reference', { type: 'item_reference', id: 'msg_1' }, { code: 'unsupported_value', param: 'items[1].type' }],
    ['reasoning', { type: 'reasoning', id: 'rs_1', summary: [] }, { code: 'unsupported_value', param: 'items[1].type' }],
    ['no type and no role', {}, { code: 'missing_required_parameter', param: 'items[1].type' }],
    ['a type that is no string', { type: 1 }, { param: 'items[1].type' }],
    ['no object', 'hi', { code: 'invalid_type', param: 'items[1]' }],
    ['an unknown role', { role: 'tool', content: 'x' }, { code: 'invalid_value', param: 'items[1].role' }],
    ['no role', { type: 'message', content: 'x' }, { code: 'missing_required_parameter', param: 'items[1].role' }],
    ['no content', { role: 'user' }, { code: 'missing_required_parameter', param: 'items[1].content' }],
    ['a part unknown', user([{ type: 'input_audio' }]), { code: 'invalid_value', param: 'items[1].content[0].type' }],
    ['a picture of the assistant', { role: 'assistant', content: [{ type: 'input_image' }] }, { param: 'items[1].content[0].type' }],
    ['a picture without data', user([{ type: 'input_image' }]), { code: 'unsupported_value', param: 'items[1].content[0]' }],
    ['a stored file', user([{ type: 'input_file', file_id: 'f' }]), { code: 'unsupported_value', param: 'items[1].content[0]' }],
    [
      'a picture that is none',
      user([{ type: 'input_image', image_url: 'data:image/png;base64,AAAA' }]),
      { param: 'items[1].content[0].image_url' },
    ],
    ['a call without a name', { type: 'function_call', call_id: 'c', arguments: '{}' }, { param: 'items[1].name' }],
    ['a call id that Claude refuses', { type: 'function_call_output', call_id: 'a.b', output: '' }, { param: 'items[1].call_id' }],
    ['no output', { type: 'function_call_output', call_id: 'c' }, { param: 'items[1].output' }],
  ])('with %s: a 400, and nothing is added', async (_, item, error) => {
    const { ask, request } = open();
    const { id } = await ask('POST', '');
    await expectError(await request('POST', `/${id}/items`, { items: [user('hi'), item] }), 400, error);
    await expectError(await request('POST', '', { items: [user('hi'), item] }), 400, error);
    expect((await ask('GET', `/${id}`)).message_count).toBe(0);
    expect((await ask('GET', '')).data).toHaveLength(1);
  });

  test('are 1 to 20 in a request', async () => {
    const { ask, request } = open();
    const { id } = await ask('POST', '', { items: Array.from({ length: 20 }, () => user('hi')) });
    const many = { items: Array.from({ length: 21 }, () => user('hi')) };
    await expectError(await request('POST', '', many), 400, {
      code: 'invalid_value',
      param: 'items',
      message: expect.stringContaining('20'),
    });
    await expectError(await request('POST', `/${id}/items`, many), 400, { param: 'items' });
    await expectError(await request('POST', `/${id}/items`, { items: [] }), 400, { param: 'items' });
    await expectError(await request('POST', `/${id}/items`, {}), 400, { code: 'missing_required_parameter', param: 'items' });
    await expectError(await request('POST', `/${id}/items`), 400, { message: expect.stringContaining('application/json') });
    expect((await ask('GET', `/${id}`)).message_count).toBe(20);
  });
});

describe('a conversation that is not there', () => {
  const routes: [string, string, unknown?][] = [
    ['GET', ''],
    ['POST', '', { metadata: {} }],
    ['DELETE', ''],
    ['POST', '/items', { items: [user('hi')] }],
    ['GET', '/items'],
    ['GET', '/items/msg_1'],
    ['DELETE', '/items/msg_1'],
  ];

  test.each(routes)('%s %s: a 404 for an unknown one, an impossible one and that of another tenant', async (method, path, body) => {
    const { ask, request } = open();
    const { id } = await ask('POST', '');
    const code = 'conversation_not_found';
    for (const unknown of ['conv_0', 'a%2F..%2Fb', 'x'.repeat(65)]) {
      const message = expect.stringContaining(`Conversation with id '${decodeURIComponent(unknown)}' not found.`);
      await expectError(await request(method, `/${unknown}${path}`, body), 404, { code, message });
    }
    await expectError(await request(method, `/${id}${path}`, body, 'other'), 404, { code });
    expect(await (await request('GET', '', undefined, 'other')).json()).toMatchObject({ data: [] });
    expect((await ask('GET', `/${id}`)).message_count).toBe(0);
  });

  test('expired', async () => {
    const { ask, request } = open({ ttlMs: 20 });
    const { id } = await ask('POST', '');
    await new Promise((resolve) => {
      setTimeout(resolve, 40);
    });
    await expectError(await request('GET', `/${id}`), 404, { code: 'conversation_not_found' });
    expect(await ask('GET', '')).toMatchObject({ data: [] });
  });
});

describe('at the same time', () => {
  test('a conversation that someone holds keeps its items: a 409 that is worth another try', async () => {
    const { ask, request, store } = open();
    const { id } = await ask('POST', '', { items: [user('hi')] });
    const { first_id: item } = await ask('GET', `/${id}/items`);
    const release = await store.hold('me', id);
    for (const [method, path] of [
      ['POST', '/items'],
      ['DELETE', `/items/${item}`],
    ] as const) {
      const response = await request(method, `/${id}${path}`, method === 'POST' ? { items: [user('x')] } : undefined);
      expect(response.headers.get('retry-after')).toBe('1');
      await expectError(response, 409, { code: 'conversation_busy' });
    }
    expect((await ask('GET', `/${id}`)).message_count).toBe(1);
    await release!();
    await ask('DELETE', `/${id}/items/${item}`);
  });

  test('it is given back, also by requests that fail', async () => {
    const { ask, request, store } = open();
    const { id } = await ask('POST', '');
    await ask('POST', `/${id}/items`, { items: [user('x')] });
    await request('DELETE', `/${id}/items/msg_unknown`);
    expect((await request('POST', '/conv_unknown/items', { items: [user('x')] })).status).toBe(404);
    expect(await store.hold('me', id)).toBeTypeOf('function');
    expect(await store.hold('me', 'conv_unknown')).toBeTypeOf('function');
  });

  test.each([
    ['changed', 409, 'conversation_busy'],
    ['deleted', 404, 'conversation_not_found'],
  ])('a conversation that is %s between reading and writing: a %i', async (what, status, code) => {
    const { ask, request, store } = open();
    const { id } = await ask('POST', '');
    const real = { ...store };
    Object.assign(store, {
      append: async (...[tenant, ofId, change]: Parameters<typeof store.append>) => {
        if (what === 'deleted') await store.delete(tenant, ofId);
        else await real.append(tenant, ofId, { version: change.version, items: [] });
        return real.append(tenant, ofId, change);
      },
    });
    await expectError(await request('POST', `/${id}/items`, { items: [user('x')] }), status, { code });
    expect(await store.hold('me', id)).toBeTypeOf('function');
  });
});
