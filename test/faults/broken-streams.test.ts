import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  cutReply,
  messageReply,
  rawReply,
  streamErrorReply,
  textReply,
  type RecordedMessages,
  type Reply,
} from '@claude-code-api/mock-anthropic';
import { answerOf } from '../support/chat/answer-of.ts';
import { brokenReply, wholeCall, wholeText, wholeThinking, slowCutReply } from '../support/chat/broken-reply.ts';
import { createThread } from '../support/chat/create-thread.ts';
import { childProcesses } from '../support/cli/child-processes.ts';
import { minimumCli, newestCli } from '../support/cli/cli-versions.ts';
import { readStream } from '../support/chat/read-stream.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { weatherTool } from '../support/chat/tool-chat.ts';
import { until } from '../support/until.ts';

const call = wholeCall('toolu_broken', 'get_weather');
const begunCall = { type: 'tool_use', id: 'toolu_begun', name: 'get_weather', input: {}, chunks: ['{"city"'] } as const;
const error = (errorType: string) => ({ type: 'error', errorType, message: 'Not now' }) as const;

/** Before it has said anything, an answer can be asked for again unseen. */
const unseen: [string, string, Reply][] = [
  ['an overload before any text', 'overloaded', streamErrorReply('', 'overloaded_error', 'Overloaded')],
  ['a connection cut before any text', 'upstream_error', cutReply('')],
];
const seen: [string, string, Reply][] = [
  ['an overload in a text', 'overloaded', streamErrorReply('Well', 'overloaded_error', 'Overloaded')],
  ['an error of the API in a text', 'upstream_error', streamErrorReply('Well', 'api_error', 'Internal')],
  ['a rate limit in a text', 'rate_limit_exceeded', streamErrorReply('Well', 'rate_limit_error', 'Slow down')],
  ['a connection cut in a text', 'upstream_error', slowCutReply('Well')],
  ['an overload behind a text', 'overloaded', brokenReply([wholeText('Well')], 'overloaded_error')],
  ['a connection cut behind a text', 'overloaded', brokenReply([wholeText('Well')], 'cut')],
  ['an end without an end behind a text', 'overloaded', brokenReply([wholeText('Well')], 'end')],
  ['an overload in a call', 'overloaded', messageReply([begunCall], {}, error('overloaded_error'))],
  ['an overload behind a call', 'overloaded', brokenReply([wholeText('Well'), call], 'overloaded_error')],
  ['a connection cut behind a call', 'upstream_error', brokenReply([call], 'cut')],
  [
    'an overload in a text behind a call',
    'overloaded',
    messageReply(
      [
        { ...begunCall, chunks: ['{}'] },
        { type: 'text', chunks: ['Well'] },
      ],
      {},
      error('overloaded_error'),
    ),
  ],
];
const inThinking: [string, string, Reply][] = [
  ['an overload behind thinking', 'overloaded', brokenReply([wholeThinking('Hm')], 'overloaded_error')],
  [
    'an overload in a text behind thinking',
    'overloaded',
    messageReply(
      [
        { type: 'thinking', chunks: ['Hm'], signature: 'c2lnbmVk' },
        { type: 'text', chunks: ['Well'] },
      ],
      {},
      error('overloaded_error'),
    ),
  ],
];

let bought = 0;

/** What the CLI gets if it asks again by itself: it is to be gone before that begins. */
const held = rawReply(async (_, response) => {
  const isGone = await Promise.race([once(response, 'close').then(() => true), wait(15_000, false)]);
  if (!isGone) bought += 1;
  response.destroy();
});

let server: TestServer;
let chat: TestServer['chat'];

async function start(maxRetries: number, cli = newestCli): Promise<void> {
  const agent = { tools: ['Read'], permission_mode: 'dontAsk' };
  server = await startTestServer({
    cli,
    settings: { 'profiles.agent': JSON.stringify(agent) },
    runner: { maxLive: 1, maxRetries },
  });
  chat = createThread(server);
}

let questions = 0;
const nextQuestion = (more: object): object => ({
  model: 'sonnet',
  tools: [weatherTool],
  messages: [{ role: 'user', content: `Question ${(questions += 1)}` }],
  ...more,
});
const ask = (more: object = {}): Promise<Response> => server.chat(nextQuestion(more));
/** In the conversation of what was answered before: a break in a turn that goes on is one too. */
const askOn = (more: object = {}): Promise<Response> => chat(nextQuestion(more));

/** Whether a request to the API is one for the question of this number. */
const isOf =
  (question: number) =>
  ({ body }: RecordedMessages): boolean =>
    JSON.stringify(body.messages).includes(`Question ${question}"`);

/** Answers the next question's requests, in their order. One of a question before, late on a busy machine, takes no answer from it. */
function replyToNext(...replies: readonly Reply[]): void {
  const isOfNext = isOf(questions + 1);
  const left = [...replies];
  bought = 0;
  server.mock.reset();
  server.mock.replyWith((request) => (isOfNext(request) ? (left.shift() ?? textReply('Hello world')) : held));
}

/** In time is before `held` has been waited for, which `expectNothingBought` tells. */
async function expectErrorInTime(asking: Promise<Response>, code: string): Promise<void> {
  const response = await asking;
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const body = isStream ? (await readStream(response)).errors[0] : ((await response.json()) as object);
  expect(body).toMatchObject({ error: { code } });
}

/** On a busy machine the CLI may get as far as asking. */
async function expectNothingBought(requests: number): Promise<void> {
  await until(() => childProcesses().length <= 1, 'the end of the process');
  expect(server.mock.messages().filter(isOf(questions)).length).toBeLessThanOrEqual(requests + 1);
  expect(bought).toBe(0);
}

/** A kind of each place of an answer. */
const told = seen.filter(([what]) =>
  ['an overload in a text', 'a connection cut behind a text', 'an overload in a call', 'a connection cut behind a call'].includes(what),
);

/** It tells of breaks in other lines. */
const older = seen.filter(([what]) => what.startsWith('an overload'));

describe.each([
  [newestCli, [...unseen, ...seen, ...inThinking]],
  [minimumCli, older],
] as const)('without retries, CLI $0.version', (cli, breaks) => {
  beforeAll(() => start(0, cli));
  afterAll(() => server.close());
  beforeEach(() => server.mock.reset());

  test.each(breaks)('%s: the caller hears of it at once, and nothing more is bought', async (what, code, reply) => {
    // Streamed too where that is not tested with retries, below.
    for (const stream of seen.some(([name]) => name === what) ? [false] : [false, true]) {
      replyToNext(reply, held);
      await expectErrorInTime(ask({ stream, reasoning_effort: 'low' }), code);
      await expectNothingBought(1);
    }
  });
});

describe('with retries', () => {
  beforeAll(() => start(2));
  afterAll(() => server.close());
  beforeEach(() => server.mock.reset());

  // That each kind is told apart is shown above, and what is told apart is asked for again.
  test.each([...unseen, ...told, ...inThinking.slice(0, 1)])('%s: who gets the answer whole gets it', async (_, _code, reply) => {
    replyToNext(reply);
    expect(await answerOf(askOn())).toBe('Hello world');
  });

  test.each(unseen)('%s: who gets it streamed gets it too', async (_, _code, reply) => {
    replyToNext(reply);
    expect(await readStream(await askOn({ stream: true }))).toMatchObject({ text: 'Hello world', errors: [] });
  });

  // Told is told, whatever broke.
  test.each(told)('%s: what is told can not be taken back', async (_, code, reply) => {
    replyToNext(reply, held);
    await expectErrorInTime(ask({ stream: true }), code);
    await expectNothingBought(1);
  });

  test('not more often than it may be, and the processes are gone', async () => {
    server.mock.replyWith(() => brokenReply([wholeText('Well')], 'overloaded_error'));
    const lines = server.log.length;
    const response = await ask();
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await response.json()).toMatchObject({ error: { code: 'overloaded' } });
    expect(server.log.slice(lines).filter(({ message }) => message.startsWith('an answer broke off'))).toHaveLength(2);
    await until(() => childProcesses().length <= 1, 'no process but the one that waits');
  });

  test('of an agent that has used no tool', async () => {
    const agent = { model: 'agent/sonnet', tools: undefined };
    replyToNext(brokenReply([wholeText('Well')], 'overloaded_error'));
    expect(await answerOf(askOn(agent))).toBe('Hello world');
    replyToNext(brokenReply([wholeText('Well')], 'overloaded_error'), held);
    await expectErrorInTime(askOn({ ...agent, stream: true }), 'overloaded');
    await expectNothingBought(1);
  });

  test('what an agent has done is not done again', async () => {
    const agent = { model: 'agent/sonnet', tools: undefined };
    const read = { id: 'toolu_read', name: 'Read', input: { file_path: '/nowhere' } };
    for (const stream of [true, false]) {
      replyToNext(
        messageReply([{ type: 'tool_use', ...read, id: `${read.id}${String(stream)}`, chunks: [JSON.stringify(read.input)] }]),
        brokenReply([wholeText('Well')], 'overloaded_error'),
        held,
      );
      const asking = ask({ ...agent, stream });
      if (!stream) expect((await asking).headers.get('x-should-retry')).toBe('false');
      await expectErrorInTime(asking, 'overloaded');
      await expectNothingBought(2);
    }
  });
});
