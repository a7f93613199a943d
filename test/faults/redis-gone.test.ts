import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { textReply } from '@claude-code-api/mock-anthropic';
import { answerOf } from '../support/chat/answer-of.ts';
import { expectErrorInStream, expectErrorResponse } from '../support/chat/expect-error.ts';
import { startLeakCheck, type LeakCheck } from '../support/leak-check.ts';
import { readStream } from '../support/chat/read-stream.ts';
import { startRedis, type TestRedis } from '../support/servers/start-redis.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { until } from '../support/until.ts';

// A Redis that is held between two turns is in several-servers.test.ts, the store alone in redis.test.ts.
const unavailable = { status: 503, type: 'server_error', code: 'storage_unavailable' };
const user = (content: string): object => ({ role: 'user', content });
const ask = (content: string, more: object = {}): object => ({ model: 'claude-sonnet-4-5', messages: [user(content)], ...more });

let leaks: LeakCheck;
let redis: TestRedis;
let server: TestServer;
beforeEach(async () => {
  leaks = startLeakCheck();
  redis = await startRedis();
  const settings = { 'storage.driver': 'redis', 'storage.url': redis.url };
  server = await startTestServer({ settings, runner: { minIdle: 0, maxIdle: 0 } });
});
afterEach(async () => {
  await server?.close();
  await redis?.kill();
  await leaks.finish();
});

/** Begins a conversation. What is asked while Redis is not there yet, or is slow on a busy machine, is answered and not kept. */
async function begin(): Promise<string> {
  let id = '';
  const tryToBegin = async (): Promise<string> => {
    const response = await server.chat(ask('one'));
    id = response.headers.get('x-conversation-id') ?? '';
    expect(await answerOf(response)).toBe('Hello world');
    return id;
  };
  await expect.poll(tryToBegin, { timeout: 60_000, interval: 100 }).toMatch(/^conv_/);
  return id;
}

/** Asks, and does something while the answer is under way. */
async function during(body: object, happens: () => void | Promise<void>): Promise<Response> {
  const before = server.mock.messages().length;
  let answer = (): void => {};
  server.mock.reply(textReply(['Well', ' then'], { after: new Promise<void>((resolve) => (answer = resolve)) }));
  const responding = server.chat(body);
  await until(() => server.mock.messages().length > before, 'the request upstream');
  await happens();
  answer();
  return responding;
}

/** Waits until a conversation can be begun and gone on with. */
async function untilKept(): Promise<void> {
  const id = await begin();
  expect(await answerOf(server.chat(ask('go on', { conversation_id: id })))).toBe('Hello world');
  expect(server.mock.messages().at(-1)?.body.messages).toHaveLength(3);
}

test('gone during a turn that goes on with a conversation: an error; back, and all is well', async () => {
  const id = await begin();
  await expectErrorResponse(await during(ask('two', { conversation_id: id }), () => redis.stop()), { ...unavailable, retryAfter: '1' });
  await redis.start();
  await untilKept();
  // This Redis keeps nothing when it ends.
  expect((await server.chat(ask('two', { conversation_id: id }))).status).toBe(404);
});

test('gone during a stream: all of the answer, and then the error', async () => {
  const id = await begin();
  const response = await during(ask('two', { conversation_id: id, stream: true }), () => redis.stop());
  // Also where the conversation began with it: its id came with the first words.
  await expectErrorInStream(response, { ...unavailable, text: 'Well then' });
  await redis.start();
  await untilKept();
});

test('gone during a turn that begins a conversation: the answer, without one', async () => {
  const response = await during(ask('one'), () => redis.stop());
  expect(response.headers.get('x-conversation-id')).toBeNull();
  expect(await answerOf(response)).toBe('Well then');
  const streamed = await readStream(await server.chat(ask('two', { stream: true })));
  expect(streamed).toMatchObject({ text: 'Hello world', errors: [], finishReasons: ['stop'], isDone: true });
  await redis.start();
  await untilKept();
});

test('gone and back during one turn, which goes on with a conversation: it is kept', async () => {
  const id = await begin();
  const response = await during(ask('two', { conversation_id: id }), async () => {
    redis.pause();
    await wait(500);
    redis.resume();
  });
  expect(await answerOf(response)).toBe('Well then');
  expect(await answerOf(server.chat(ask('three', { conversation_id: id })))).toBe('Hello world');
  expect(server.mock.messages().at(-1)?.body.messages).toHaveLength(5);
});

test('slow: all is slower, and nothing else', async () => {
  const over = new AbortController();
  const probe = new Redis(redis.url);
  const slow = (async () => {
    while (!over.signal.aborted) {
      redis.pause();
      await wait(300);
      redis.resume();
      // It is slow, and not gone: what was asked meanwhile is answered, however busy the machine is.
      await probe.ping();
    }
  })();
  try {
    const id = await begin();
    for (const text of ['two', 'three']) expect(await answerOf(server.chat(ask(text, { conversation_id: id })))).toBe('Hello world');
    expect(server.mock.messages().at(-1)?.body.messages).toHaveLength(5);
    expect(await (await fetch(`${server.url}/v1/conversations/${id}`)).json()).toMatchObject({ message_count: 6 });
  } finally {
    over.abort();
    await slow;
    probe.disconnect();
  }
});
