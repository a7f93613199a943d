import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { messageReply, textReply, type BlockParam } from '@claude-code-api/mock-anthropic';
import { readStream } from '../support/chat/read-stream.ts';
import { startRedis, type TestRedis } from '../support/servers/start-redis.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../support/servers/start-test-server.ts';
import { weatherTool, type AnswerMessage } from '../support/chat/tool-chat.ts';
import { withoutCacheControl } from '../support/chat/without-cache-control.ts';

// An alias would have a process list the models.
const model = 'claude-sonnet-5-5';
const user = (content: string): object => ({ role: 'user', content });
const text = (words: string): BlockParam => ({ type: 'text', text: words });
const said = (role: string, ...content: BlockParam[]): object => ({ role, content });

let redis: TestRedis;
let one: TestServer;
let other: TestServer;
/** Two more of the same that ask without a CLI, for what is the storage's affair alone. */
let plain: TestServer;
let plainOther: TestServer;

function start(options: TestServerOptions = {}): Promise<TestServer> {
  return startTestServer({
    runner: { maxLive: 3 },
    ...options,
    settings: { 'storage.driver': 'redis', 'storage.url': redis.url, ...options.settings },
  });
}
const startPlain = (settings: TestServerOptions['settings'] = {}): Promise<TestServer> => start({ cli: 'none', settings });

beforeAll(async () => {
  redis = await startRedis();
  [one, other, plain, plainOther] = await Promise.all([start(), start(), startPlain(), startPlain()]);
});
afterAll(async () => {
  await Promise.all([one, other, plain, plainOther].map((server) => server?.close()));
  await redis?.kill();
});
beforeEach(() => {
  for (const { mock } of [one, other, plain, plainOther]) mock.reset();
});
const more: TestServer[] = [];
afterEach(async () => {
  await Promise.all(more.splice(0).map((server) => server.close()));
});

interface Asked {
  readonly id: string;
  readonly message: AnswerMessage;
  readonly heard: readonly unknown[];
  readonly thinking: unknown;
}

async function ask(server: TestServer, messages: readonly object[], parameters: object = {}): Promise<Asked> {
  const before = server.mock.messages().length;
  const response = await server.chat({ model, messages, ...parameters });
  const completion = (await response.json()) as { conversation_id: string; choices: [{ message: AnswerMessage }] };
  expect(response.status, JSON.stringify(completion)).toBe(200);
  const [request, ...others] = server.mock.messages().slice(before);
  expect(others).toEqual([]);
  const body = withoutCacheControl(request?.body);
  return {
    id: completion.conversation_id,
    message: completion.choices[0].message,
    heard: body?.messages ?? [],
    thinking: body?.thinking,
  };
}

const hello = said('assistant', text('Hello world'));

test('a conversation goes to and fro between servers, by its id or by its history', async () => {
  const first = await ask(one, [{ role: 'system', content: 'Be brief.' }, user('one')]);
  const second = await ask(other, [user('two')], { conversation_id: first.id });
  expect(second).toMatchObject({ id: first.id, heard: [said('user', text('one')), hello, said('user', text('two'))] });
  const system = { role: 'system', content: 'Be brief.' };
  const third = await ask(one, [system, user('one'), first.message, user('two'), second.message, user('three')]);
  expect(third.id).toBe(first.id);
  const response = await other.chat({ model, messages: [user('four')], conversation_id: first.id, stream: true });
  expect((await readStream(response)).finishReasons).toEqual(['stop']);
  expect(withoutCacheControl(other.mock.messages().at(-1)?.body.messages)).toEqual([
    ...['one', 'two', 'three'].flatMap((words) => [said('user', text(words)), hello]),
    said('user', text('four')),
  ]);
});

test('also between a call and its result, with the thinking that led to the call', async () => {
  one.mock.reply(
    messageReply([
      { type: 'thinking', chunks: ['I must ', 'look.'], signature: 'c2lnbmVk' },
      { type: 'tool_use', id: 'toolu_between', name: 'get_weather', input: { city: 'Oslo' }, chunks: ['{"city":"Oslo"}'] },
    ]),
  );
  const parameters = { tools: [weatherTool], reasoning_effort: 'high' };
  const question = user('Weather?');
  const called = await ask(one, [question], parameters);
  const result = { role: 'tool', tool_call_id: 'toolu_between', content: 'cold' };
  const heard = [
    said('user', text('Weather?')),
    said(
      'assistant',
      { type: 'thinking', thinking: 'I must look.', signature: 'c2lnbmVk' },
      { type: 'tool_use', id: 'toolu_between', name: 'get_weather', input: { city: 'Oslo' } },
    ),
    said('user', { type: 'tool_result', tool_use_id: 'toolu_between', content: [text('cold')] }),
  ];
  const answered = await ask(other, [question, called.message, result], parameters);
  expect(answered).toMatchObject({ id: called.id, heard, thinking: { type: 'adaptive' } });
  const on = await ask(one, [user('And now?')], { ...parameters, conversation_id: called.id });
  expect(on.heard.slice(-2)).toEqual([hello, said('user', text('And now?'))]);
});

test('right after its server has gone', async () => {
  const gone = await startPlain();
  const first = await ask(gone, [user('one')]);
  await gone.close();
  expect((await ask(plain, [user('two')], { conversation_id: first.id })).heard).toHaveLength(3);
});

test('one turn at a time, wherever it runs', async () => {
  const { id } = await ask(plain, [user('one')]);
  let goOn = (): void => {};
  plain.mock.reply(textReply('slow', { after: new Promise<void>((resolve) => (goOn = resolve)) }));
  const running = plain.chat({ model, messages: [user('two')], conversation_id: id });
  await expect.poll(() => plain.mock.messages().length).toBe(2);
  const second = await plainOther.chat({ model, messages: [user('three')], conversation_id: id });
  expect(second.status).toBe(409);
  expect(await second.json()).toMatchObject({ error: { code: 'conversation_busy' } });
  goOn();
  expect((await running).status).toBe(200);
  expect(plainOther.mock.messages()).toEqual([]);
  expect((await ask(plainOther, [user('three')], { conversation_id: id })).heard).toHaveLength(5);
});

test('or the second waits, where the setting says so', async () => {
  const patient = await startPlain({ 'conversation.busy_timeout_seconds': '20' });
  more.push(patient);
  const { id } = await ask(plain, [user('one')]);
  plain.mock.reply(textReply('slow', { delayMs: 1500 }));
  const running = plain.chat({ model, messages: [user('two')], conversation_id: id });
  await expect.poll(() => plain.mock.messages().length).toBe(2);
  const waited = await ask(patient, [user('three')], { conversation_id: id });
  expect((await running).status).toBe(200);
  expect(waited.heard).toEqual([
    said('user', text('one')),
    hello,
    said('user', text('two')),
    said('assistant', text('slow')),
    said('user', text('three')),
  ]);
});

test('answers are shared as well', async () => {
  const question = { messages: [user('cached?')], model, seed: 5 };
  expect((await plain.chat(question)).headers.get('x-cache')).toBe('miss');
  const hit = await plainOther.chat(question);
  expect(hit.headers.get('x-cache')).toBe('hit');
  expect(plainOther.mock.messages()).toEqual([]);
});

test('the list is one', async () => {
  const { id } = await ask(plain, [user('listed')]);
  const list = (await (await fetch(`${plainOther.url}/v1/conversations?limit=1`)).json()) as { data: { id: string }[] };
  expect(list.data.map((each) => each.id)).toEqual([id]);
});

test('servers of another key prefix share nothing', async () => {
  const apart = await startPlain({ 'storage.key_prefix': 'apart' });
  more.push(apart);
  const { id } = await ask(plain, [user('one')]);
  expect((await fetch(`${apart.url}/v1/conversations/${id}`)).status).toBe(404);
  expect(await (await fetch(`${apart.url}/v1/conversations`)).json()).toMatchObject({ data: [] });
});

test('while Redis is gone, who names a conversation gets a 503, and who names none an answer; then all is as it was', async () => {
  const { id } = await ask(plain, [user('one')]);
  redis.pause();
  try {
    const named = await plain.chat({ model, messages: [user('two')], conversation_id: id });
    expect(named.status).toBe(503);
    expect(await named.json()).toMatchObject({ error: { code: 'storage_unavailable', type: 'server_error' } });
    const unnamed = await ask(plain, [user('anything')]);
    expect(unnamed).toMatchObject({ id: undefined, message: { content: 'Hello world' } });
    expect((await fetch(`${plain.url}/v1/conversations/${id}`)).status).toBe(503);
  } finally {
    redis.resume();
  }
  await expect
    .poll(async () => (await plain.chat({ model, messages: [user('two')], conversation_id: id })).status, { timeout: 30_000 })
    .toBe(200);
  expect(withoutCacheControl(plain.mock.messages().at(-1)?.body.messages)).toEqual([
    said('user', text('one')),
    hello,
    said('user', text('two')),
  ]);
});
