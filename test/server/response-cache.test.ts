import { createScriptedRunner, textScript } from '@claude-code-api/gateway/testing';
import type { RunningServer, Stats } from '@claude-code-api/node';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { errorReply, textReply, toolUseReply } from '@claude-code-api/mock-anthropic';
import { readStream } from '../support/chat/read-stream.ts';
import { startScriptedTestServer } from '../support/servers/start-scripted-test-server.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { weatherTool, type AnswerMessage } from '../support/chat/tool-chat.ts';
import { withoutCacheControl } from '../support/chat/without-cache-control.ts';
import { until } from '../support/until.ts';
import { untilPolled } from '../support/until-polled.ts';

const user = (content: string): object => ({ role: 'user', content });
const models = ['sonnet', 'opus'].map((id) => ({ id, resolvedId: `claude-${id}-5-5`, displayName: id }));

/** Without a CLI: what is kept is the same whoever has said it. */
let server: TestServer;
/** Without anybody, for what is told apart before any is asked. */
let scripted: RunningServer;
beforeAll(async () => {
  scripted = await startScriptedTestServer({}, { runner: createScriptedRunner({ script: textScript(['{}']), models }) });
  server = await startTestServer({ cli: 'none' });
});
afterAll(() => Promise.all([server.close(), scripted.close()]));
let count = 0;
beforeEach(() => {
  server.mock.reset();
  // Whoever is asked twice says something else.
  server.mock.replyWith(() => textReply(['answer ', String((count += 1))]));
});

interface Answer {
  readonly cache: string | null;
  readonly content: string | null;
  readonly usage: object;
  readonly id: string;
  readonly message: AnswerMessage;
}

async function ask(question: string, more: object = {}, headers: Record<string, string> = {}, of = server): Promise<Answer> {
  const response = await of.chat({ model: 'sonnet', messages: [user(question)], ...more }, { headers });
  const completion = (await response.json()) as { usage: object; conversation_id: string; choices: [{ message: AnswerMessage }] };
  expect(response.status, JSON.stringify(completion)).toBe(200);
  const { message } = completion.choices[0];
  return {
    cache: response.headers.get('x-cache'),
    content: message.content,
    usage: completion.usage,
    id: completion.conversation_id,
    message,
  };
}

const nothing = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };

test('a request for repeatable output is answered once', async () => {
  const question = 'repeat';
  const wish = { seed: 7 };
  const first = await ask(question, wish);
  expect(first).toMatchObject({ cache: 'miss', usage: { prompt_tokens: 10, completion_tokens: 5 } });
  const second = await ask(question, wish);
  expect(second).toMatchObject({ cache: 'hit', content: first.content, usage: nothing });
  expect(server.mock.messages()).toHaveLength(1);
});

test('other requests are not, unless they say so in a header', async () => {
  expect(await ask('plain')).toMatchObject({ cache: 'bypass' });
  expect(await ask('plain', { temperature: 0 })).toMatchObject({ cache: 'bypass' });
  const first = await ask('plain', {}, { 'cache-control': 'max-age=60' });
  expect(first.cache).toBe('miss');
  expect(await ask('plain', {}, { 'cache-control': 'max-age=60' })).toMatchObject({ cache: 'hit', content: first.content });
  expect(server.mock.messages()).toHaveLength(3);
});

test('no-cache goes past it', async () => {
  const first = await ask('past', { seed: 1 });
  const second = await ask('past', { seed: 1 }, { 'cache-control': 'no-cache' });
  expect(second.cache).toBe('bypass');
  expect(second.content).not.toBe(first.content);
  expect(second.usage).toMatchObject({ prompt_tokens: 10 });
});

test('a hit can be streamed, and what was streamed is a hit', async () => {
  const stream = async (): Promise<{ cache: string | null; read: Awaited<ReturnType<typeof readStream>> }> => {
    const body = { model: 'sonnet', messages: [user('stream')], seed: 1, stream: true, stream_options: { include_usage: true } };
    const response = await server.chat(body);
    return { cache: response.headers.get('x-cache'), read: await readStream(response) };
  };
  const first = await stream();
  const second = await stream();
  expect([first.cache, second.cache]).toEqual(['miss', 'hit']);
  expect(second.read).toMatchObject({ text: first.read.text, finishReasons: ['stop'], isDone: true, errors: [], usage: nothing });
  expect(await ask('stream', { seed: 1 })).toMatchObject({ cache: 'hit', content: first.read.text });
  expect(server.mock.messages()).toHaveLength(1);
});

test.each<[string, object]>([
  ['another model', { model: 'opus' }],
  ['another seed', { seed: 2 }],
  ['tools', { tools: [weatherTool] }],
  ['another end', { stop: ['x'] }],
  ['a bound', { max_tokens: 77 }],
  ['effort', { reasoning_effort: 'low' }],
  ['a format', { response_format: { type: 'json_object' } }],
  ['another system prompt', { messages: [{ role: 'system', content: 'x' }, user('key')] }],
  ['another user', { user: 'somebody' }],
])('%s is another request', async (_, more) => {
  const headers = { 'content-type': 'application/json', 'cache-control': 'max-age=60' };
  const cacheOf = async (body: object): Promise<string | null> => {
    const whole = { model: 'sonnet', messages: [user('key')], seed: 1, ...body };
    const response = await fetch(`${scripted.url}/v1/chat/completions`, { method: 'POST', headers, body: JSON.stringify(whole) });
    expect(response.status, await response.text()).toBe(200);
    return response.headers.get('x-cache');
  };
  await cacheOf({});
  expect(await cacheOf({})).toBe('hit');
  expect(await cacheOf(more)).toBe('miss');
});

/** Answers all that is asked from now on when that is let go. */
function hold(text: readonly string[]): () => void {
  let letGo = (): void => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  server.mock.replyWith(() => textReply(text, { after: held, chunkDelayMs: 50 }));
  return letGo;
}

/** Waits until so many requests are under way. */
async function untilUnderWay(expected: number): Promise<void> {
  const read = async () => ((await (await fetch(`${server.url}/stats`)).json()) as Stats).now.requests;
  await untilPolled(read, ({ length }) => length === expected, `${expected} requests are under way`);
}

test('equal requests in flight share one turn, streamed or not', async () => {
  const letGo = hold(['one ', 'two ', 'three']);
  const first = ask('shared', { seed: 1 });
  await until(() => server.mock.messages().length === 1, 'the request upstream');
  const asking = [ask('shared', { seed: 1 }), ask('shared', { seed: 1 })];
  const body = { model: 'sonnet', messages: [user('shared')], seed: 1, stream: true };
  const streaming = server.chat(body);
  await untilUnderWay(4);
  letGo();
  const [others, streamed] = [await Promise.all(asking), await streaming];
  expect(await first).toMatchObject({ cache: 'miss', content: 'one two three', usage: { prompt_tokens: 10 } });
  for (const other of others) expect(other).toMatchObject({ cache: 'shared', content: 'one two three', usage: nothing });
  expect((await readStream(streamed)).text).toBe('one two three');
  expect(new Set([(await first).id, ...others.map(({ id }) => id)]).size).toBe(3);
  expect(server.mock.messages()).toHaveLength(1);
});

test('who leaves a shared turn leaves it to the others', async () => {
  const letGo = hold(['still ', 'there']);
  const controller = new AbortController();
  const first = server.chat({ model: 'sonnet', messages: [user('leave')], seed: 1 }, { signal: controller.signal }).catch(() => 'left');
  await until(() => server.mock.messages().length === 1, 'the request upstream');
  const second = ask('leave', { seed: 1 });
  await untilUnderWay(2);
  controller.abort();
  expect(await first).toBe('left');
  await untilUnderWay(1);
  letGo();
  expect(await second).toMatchObject({ cache: 'shared', content: 'still there' });
  expect(server.mock.messages()).toHaveLength(1);
});

test('what failed, or was cut, is asked again', async () => {
  server.mock.reply(errorReply(500, 'api_error', 'Broken'));
  expect((await server.chat({ model: 'sonnet', messages: [user('broken')], seed: 1 })).status).toBeGreaterThanOrEqual(500);
  expect(await ask('broken', { seed: 1 })).toMatchObject({ cache: 'miss' });
  server.mock.reply(textReply('cut', { stopReason: 'max_tokens' }));
  expect(await ask('cut', { seed: 1 })).toMatchObject({ cache: 'miss', content: 'cut' });
  expect(await ask('cut', { seed: 1 })).toMatchObject({ cache: 'miss' });
});

test('a hit goes on with the conversation of its caller, with the CLI too', async () => {
  const withCli = await startTestServer();
  onTestFinished(() => withCli.close());
  const first = await ask('mine', { seed: 1 }, {}, withCli);
  const hit = await ask('mine', { seed: 1 }, {}, withCli);
  expect(hit.cache).toBe('hit');
  expect(hit.id).not.toBe(first.id);
  for (const { id, content } of [first, hit]) {
    await ask('and now?', { conversation_id: id }, {}, withCli);
    expect(withoutCacheControl(withCli.mock.messages().at(-1)?.body.messages)).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'mine' }] },
      { role: 'assistant', content: [{ type: 'text', text: content }] },
      { role: 'user', content: [{ type: 'text', text: 'and now?' }] },
    ]);
  }
});

test('a hit of tool calls goes on as well', async () => {
  server.mock.reply(toolUseReply([{ id: 'toolu_c', name: 'get_weather', input: { city: 'Oslo' } }]));
  const headers = { 'cache-control': 'max-age=60' };
  await ask('weather', { tools: [weatherTool] }, headers);
  const hit = await ask('weather', { tools: [weatherTool] }, headers);
  expect(hit).toMatchObject({ cache: 'hit', message: { tool_calls: [{ id: 'toolu_c' }] } });
  const messages = [{ role: 'tool', tool_call_id: 'toolu_c', content: 'cold' }];
  const answered = await server.chat({ model: 'sonnet', tools: [weatherTool], conversation_id: hit.id, messages });
  expect(answered.status, await answered.text()).toBe(200);
  expect(server.mock.messages().at(-1)?.body.messages).toHaveLength(3);
});
