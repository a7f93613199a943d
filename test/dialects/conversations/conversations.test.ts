import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { errorReply, stallReply, textReply, toolUseReply, type BlockParam, type RecordedMessages } from '@claude-code-api/mock-anthropic';
import { newestCli } from '../../support/cli/cli-versions.ts';
import { expectErrorResponse } from '../../support/chat/expect-error.ts';
import { pixel } from '../../support/chat/pictures.ts';
import { readStream } from '../../support/chat/read-stream.ts';
import { startTestServer, type TestServer } from '../../support/servers/start-test-server.ts';
import { processOf, weatherTool, type AnswerMessage } from '../../support/chat/tool-chat.ts';
import { withoutCacheControl } from '../../support/chat/without-cache-control.ts';
import { until } from '../../support/until.ts';

const user = (content: unknown): object => ({ role: 'user', content });
const assistant = (content: string): object => ({ role: 'assistant', content });
const text = (words: string): BlockParam => ({ type: 'text', text: words });
/** As the API is to hear it: `said('user', 'one')`. */
const said = (role: string, ...blocks: (string | BlockParam)[]): object => ({
  role,
  content: blocks.map((block) => (typeof block === 'string' ? text(block) : block)),
});

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ cli: newestCli, runner: { maxLive: 5 } });
});
afterAll(() => server.close());
beforeEach(() => server.mock.reset());

interface Completion {
  readonly conversation_id?: string;
  readonly choices: readonly [{ readonly message: AnswerMessage; readonly finish_reason: string }];
}

interface Asked {
  readonly id: string;
  readonly message: AnswerMessage;
  readonly request: RecordedMessages;
  /** What was heard upstream. */
  readonly heard: readonly unknown[];
}

async function ask(messages: readonly object[], more: object = {}, headers: Record<string, string> = {}): Promise<Asked> {
  const before = server.mock.messages().length;
  const response = await server.chat({ model: 'sonnet', messages, ...more }, { headers });
  const completion = (await response.json()) as Completion;
  expect(response.status, JSON.stringify(completion)).toBe(200);
  expect(response.headers.get('x-conversation-id')).toBe(completion.conversation_id);
  return { ...upstream(before), id: completion.conversation_id ?? '', message: completion.choices[0].message };
}

/** The one request that was sent upstream since. */
function upstream(before: number): Pick<Asked, 'request' | 'heard'> {
  const [request, ...more] = server.mock.messages().slice(before);
  if (request === undefined) throw new Error('Nothing was sent upstream.');
  expect(more).toEqual([]);
  return { request, heard: withoutCacheControl(request.body.messages) };
}

describe('a conversation by its id', () => {
  test('brings only what is new, and its process goes on', async () => {
    const first = await ask([{ role: 'system', content: 'Be brief.' }, user('My name is Alice')]);
    expect(first.id).toMatch(/^conv_/);
    const second = await ask([user("What's my name?")], { conversation_id: first.id });
    expect(second.id).toBe(first.id);
    expect(second.heard).toEqual([said('user', 'My name is Alice'), said('assistant', 'Hello world'), said('user', "What's my name?")]);
    expect(withoutCacheControl(second.request.body.system)?.slice(2)).toEqual([text('Be brief.')]);
    expect(processOf(second.request)).toBe(processOf(first.request));
    const third = await ask([user('Sure?')], { metadata: { conversation_id: first.id } });
    const fourth = await ask([user('Really?')], {}, { 'x-conversation-id': first.id });
    expect(fourth.heard).toHaveLength(7);
    expect([third, fourth].map(({ id, request }) => [id, processOf(request)])).toEqual(
      Array.from({ length: 2 }, () => [first.id, processOf(first.request)]),
    );
  });

  test('is named by the first chunk of a stream, and by a header', async () => {
    const response = await server.chat({ model: 'sonnet', messages: [user('one')], stream: true });
    const id = response.headers.get('x-conversation-id');
    const { chunks, text: answer } = await readStream(response);
    expect(chunks.map((chunk) => (chunk as { conversation_id?: string }).conversation_id)).toEqual([
      id,
      ...chunks.slice(1).map(() => undefined),
    ]);
    const before = server.mock.messages().length;
    const next = await readStream(await server.chat({ model: 'sonnet', messages: [user('two')], stream: true, conversation_id: id }));
    expect(next.finishReasons).toEqual(['stop']);
    expect(upstream(before).heard).toEqual([said('user', 'one'), said('assistant', answer), said('user', 'two')]);
    expect(new Set(server.mock.messages().map(processOf)).size).toBe(1);
  });

  test.each<[string, (called: AnswerMessage, result: object) => object[]]>([
    ['the results alone', (_, result) => [result]],
    ['the call and its result', (called, result) => [called, result]],
    ['the whole history', (called, result) => [user('Weather?'), called, result]],
  ])('goes on after tool calls with %s, in the process that waits', async (_, toMessages) => {
    server.mock.reply(toolUseReply([{ id: 'toolu_1', name: 'get_weather', input: { city: 'Oslo' } }]));
    const called = await ask([user('Weather?')], { tools: [weatherTool] });
    const result = { role: 'tool', tool_call_id: 'toolu_1', content: 'cold' };
    const answered = await ask(toMessages(called.message, result), { tools: [weatherTool], conversation_id: called.id });
    expect(answered.id).toBe(called.id);
    expect(answered.heard).toEqual([
      said('user', 'Weather?'),
      said('assistant', { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: { city: 'Oslo' } }),
      said('user', { type: 'tool_result', tool_use_id: 'toolu_1', content: [text('cold')] }),
    ]);
    expect(processOf(answered.request)).toBe(processOf(called.request));
    const on = await ask([user('And now?')], { tools: [weatherTool], conversation_id: called.id });
    expect(on.heard).toHaveLength(5);
  });

  test('remembers pictures', async () => {
    const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } };
    const { id } = await ask([user([{ type: 'text', text: 'What is this?' }, image])]);
    const { heard } = await ask([user('Which colour?')], { conversation_id: id });
    expect(heard[0]).toEqual(
      said('user', 'What is this?', { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } }),
    );
    const stored = (await (await fetch(`${server.url}/v1/conversations/${id}`)).json()) as { messages: object[] };
    expect(stored.messages[0]).toEqual(user([{ type: 'text', text: 'What is this?' }, image]));
  });

  test('may ask for structured output in between', async () => {
    const { id } = await ask([user('one')]);
    server.mock.reply(textReply('{"city":"Oslo"}'));
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };
    const format = { type: 'json_schema', json_schema: { name: 'place', schema } };
    const structured = await ask([user('As JSON?')], { conversation_id: id, response_format: format });
    expect(structured.message.content).toBe('{"city":"Oslo"}');
    const last = await ask([user('And in words?')], { conversation_id: id });
    expect(last.heard.slice(2)).toEqual([said('user', 'As JSON?'), said('assistant', '{"city":"Oslo"}'), said('user', 'And in words?')]);
    expect(last.request.body.output_config?.['format']).toBeUndefined();
  });

  test('changes model, effort and parameters between turns, without a trace', async () => {
    const model = 'claude-sonnet-4-20250514';
    const { id } = await ask([user('one')], { model });
    const hot = await ask([user('two')], { model, conversation_id: id, temperature: 0.3, max_tokens: 99 });
    expect(hot.request.body).toMatchObject({ model, temperature: 0.3, max_tokens: 99 });
    const other = await ask([user('three')], { model: 'opus', conversation_id: id, reasoning_effort: 'low' });
    expect(other.request.body).toMatchObject({ model: expect.stringContaining('opus'), output_config: { effort: 'low' } });
    const back = await ask([user('four')], { model, conversation_id: id });
    expect(back.request.body.output_config?.['effort']).toBeUndefined();
    const hello = said('assistant', 'Hello world');
    expect(back.heard).toEqual([
      said('user', 'one'),
      hello,
      said('user', 'two'),
      hello,
      said('user', 'three'),
      hello,
      said('user', 'four'),
    ]);
    expect(other.heard).toEqual(back.heard.slice(0, 5));
  });

  test.each(['conv_00000000000000000000000000000000', 'uuid-here'])('that is not there is a 404, and costs nothing: %s', async (id) => {
    const response = await server.chat({ model: 'sonnet', messages: [user('one')], conversation_id: id });
    await expectErrorResponse(response, {
      status: 404,
      code: 'conversation_not_found',
      type: 'invalid_request_error',
      message: /not found/,
    });
    expect(server.mock.messages()).toEqual([]);
  });

  test('is as it was after a turn that failed, and after one that was left', async () => {
    const { id } = await ask([user('one')]);
    server.mock.reply(errorReply(529, 'overloaded_error', 'Overloaded'));
    expect((await server.chat({ model: 'sonnet', messages: [user('fails')], conversation_id: id })).status).toBe(503);
    server.mock.reply(stallReply({ afterText: 'Well' }));
    const controller = new AbortController();
    const left = await server.chat(
      { model: 'sonnet', messages: [user('is left')], conversation_id: id, stream: true },
      { signal: controller.signal },
    );
    await left.body!.getReader().read();
    controller.abort();
    await expect
      .poll(async () => (await (await fetch(`${server.url}/v1/conversations/${id}/items`)).json()) as { data: object[] })
      .toMatchObject({ data: [{ role: 'assistant' }, { role: 'user' }] });
    await expect.poll(async () => (await server.chat({ model: 'sonnet', messages: [user('two')], conversation_id: id })).status).toBe(200);
    const heard = withoutCacheControl(server.mock.messages().at(-1)?.body.messages);
    expect(heard).toEqual([said('user', 'one'), said('assistant', 'Hello world'), said('user', 'two')]);
  });

  test('takes one turn at a time: the second gets a 409', async () => {
    const { id } = await ask([user('one')]);
    let answer = (): void => {};
    server.mock.reply(textReply('late', { after: new Promise<void>((resolve) => (answer = resolve)) }));
    const before = server.mock.messages().length;
    const running = server.chat({ model: 'sonnet', messages: [user('slow')], conversation_id: id });
    await until(() => server.mock.messages().length > before, 'the first request upstream');
    const second = await server.chat({ model: 'sonnet', messages: [user('two')], conversation_id: id });
    await expectErrorResponse(second, {
      status: 409,
      code: 'conversation_busy',
      type: 'invalid_request_error',
      message: new RegExp(id),
      retryAfter: '1',
    });
    answer();
    expect((await running).status).toBe(200);
    const { heard } = await ask([user('three')], { conversation_id: id });
    expect(heard).toEqual([
      said('user', 'one'),
      said('assistant', 'Hello world'),
      said('user', 'slow'),
      said('assistant', 'late'),
      said('user', 'three'),
    ]);
  });
});

describe('a history without an id', () => {
  test('is its conversation, and its process', async () => {
    const first = await ask([user('one')]);
    const messages = [user('one'), first.message, user('two')];
    const second = await ask(messages);
    const third = await ask([...messages, second.message, user('three')]);
    expect([second.id, third.id]).toEqual([first.id, first.id]);
    expect(new Set(server.mock.messages().map(processOf)).size).toBe(1);
    expect((await ask([user('four')], { conversation_id: first.id })).heard).toHaveLength(7);
  });

  test('that was edited, or is asked again, is another conversation, and neither knows of the other', async () => {
    const first = await ask([user('one')]);
    const next = await ask([user('one'), first.message, user('two')]);
    const edited = await ask([user('one'), assistant('Hello World'), user('two')]);
    const again = await ask([user('one'), first.message, user('two')]);
    expect(new Set([first.id, edited.id, again.id]).size).toBe(3);
    expect(next.id).toBe(first.id);
    for (const { id, heard } of [edited, again]) {
      const on = await ask([user('on')], { conversation_id: id });
      expect(on.heard).toEqual([...heard, said('assistant', 'Hello world'), said('user', 'on')]);
    }
    expect((await ask([user('on')], { conversation_id: first.id })).heard).toHaveLength(5);
  });
});
