import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startMockAnthropic, textReply, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { answerOf } from '../support/chat/answer-of.ts';
import { newestCli } from '../support/cli/cli-versions.ts';
import { startLeakCheck, type LeakCheck } from '../support/leak-check.ts';
import { readStream } from '../support/chat/read-stream.ts';
import { noIdle } from '../support/servers/no-idle.ts';
import { createCommandPlace, type CommandPlace, type ServingCommand } from '../support/servers/start-command.ts';
import { until } from '../support/until.ts';

// The clock of the machine stays as it is: the server is told another time. It is a day later with each SIGUSR2, and a day
// earlier with each SIGHUP; it says so when that is done. It starts at noon: what is limited by the day is not to begin anew meanwhile.
const shiftedClock = `
const RealDate = Date;
let shiftMs = 43_200_000 - (RealDate.now() % 86_400_000);
globalThis.Date = class Date extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + shiftMs);
    else super(...given);
  }
  static now() {
    return RealDate.now() + shiftMs;
  }
};
const shift = (days) => () => {
  shiftMs += days * 86_400_000;
  process.stderr.write('It is ' + new Date().toISOString() + '\\n');
};
process.on('SIGUSR2', shift(1)).on('SIGHUP', shift(-1));
`;
const key = 'ccapi_of-a-test';
const hash = `sha256:${createHash('sha256').update(key).digest('hex')}`;
const pieces = Array.from({ length: 40 }, (_, index) => `${index} `);
const model = 'claude-sonnet-4-5';
const user = (content: string): object => ({ role: 'user', content });

let leaks: LeakCheck;
let mock: MockAnthropic;
let place: CommandPlace;
let command: ServingCommand;
beforeEach(async () => {
  leaks = startLeakCheck();
  mock = await startMockAnthropic();
  place = createCommandPlace(mock.url);
});
afterEach(async () => {
  await place.remove();
  await mock.close();
  await leaks.finish();
});

async function serve(...parameters: string[]): Promise<void> {
  const all = ['--server.port=0', '--log.level=warn', `--claude.command=${newestCli.path}`, ...noIdle, ...parameters];
  const nodeArguments = ['--import', `data:text/javascript,${encodeURIComponent(shiftedClock)}`];
  command = await place.serve(all, { nodeArguments });
}

async function jump(days: 1 | -1): Promise<void> {
  const said = (): number => command.output.stderr.split('It is ').length;
  const before = said();
  command.child.kill(days === 1 ? 'SIGUSR2' : 'SIGHUP');
  await until(() => said() > before, 'the other time');
}

function chat(body: object): Promise<Response> {
  return fetch(`${command.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ model, ...body }),
  });
}

test.each([1, -1] as const)('by %i day during turns: none hangs, and none is cut', async (days) => {
  await serve('--claude.max_concurrent_sessions=1', '--claude.timeout_seconds=50', '--claude.queue_timeout_seconds=50');
  mock.reply(textReply(pieces, { chunkDelayMs: 50 }));
  const streaming = chat({ stream: true, messages: [user('one')] });
  await until(() => mock.messages().length === 1, 'the request upstream');
  const waiting = chat({ messages: [user('two')] });
  await jump(days);
  const stream = await readStream(await streaming);
  expect(stream).toMatchObject({ text: pieces.join(''), errors: [], finishReasons: ['stop'], isDone: true });
  expect(await answerOf(waiting)).toBe('Hello world');
  // The processes wait for their follow-ups all the same.
  const pids = command.startedPids();
  expect(await answerOf(chat({ messages: [user('one'), { role: 'assistant', content: stream.text }, user('three')] }))).toBe('Hello world');
  expect(command.startedPids()).toEqual(pids);
  const health = await fetch(`${command.url}/health`);
  expect(await health.json()).toMatchObject({ status: 'ok' });
  const stats = await fetch(`${command.url}/stats`);
  expect(stats.status).toBe(200);
  expect(await stats.text()).not.toMatch(/:-\d/);
  command.child.kill('SIGTERM');
  expect(await command.ended).toBe(0);
});

test('a day back, and on again: conversations stay', async () => {
  await serve();
  const response = await chat({ messages: [user('one')] });
  const id = response.headers.get('x-conversation-id');
  expect(await answerOf(response)).toBe('Hello world');
  await jump(-1);
  const earlier = await chat({ messages: [user('earlier')] });
  expect(earlier.headers.get('x-conversation-id')).toMatch(/^conv_/);
  expect(await answerOf(earlier)).toBe('Hello world');
  expect(await (await fetch(`${command.url}/v1/conversations/${id}`)).json()).toMatchObject({ id, message_count: 2 });
  const { data } = (await (await fetch(`${command.url}/v1/conversations`)).json()) as { data: { id: string }[] };
  expect(data.map((each) => each.id)).toContain(id);
  await jump(1);
  expect(await answerOf(chat({ conversation_id: id, messages: [user('two')] }))).toBe('Hello world');
  expect(mock.messages().at(-1)?.body.messages).toHaveLength(3);
});

test('limits hold when the clock goes back, and last no longer than they did', async () => {
  // A turn takes 15 tokens.
  await serve(`--server.api_keys=${JSON.stringify({ one: { hash, requests_per_minute: 2, tokens_per_day: 40 } })}`);
  for (const text of ['one', 'two']) expect(await answerOf(chat({ messages: [user(text)] }))).toBe('Hello world');
  await jump(-1);
  const early = await chat({ messages: [user('early')] });
  expect(early.status).toBe(429);
  expect(await early.json()).toMatchObject({ error: { code: 'rate_limit_exceeded' } });
  expect(Number(early.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  // What the day has used is not forgotten meanwhile.
  await jump(1);
  expect(await answerOf(chat({ messages: [user('three')] }))).toBe('Hello world');
  const over = await chat({ messages: [user('over')] });
  expect(over.status).toBe(429);
  expect(await over.json()).toMatchObject({ error: { code: 'insufficient_quota' } });
  await jump(1);
  expect(await answerOf(chat({ messages: [user('four')] }))).toBe('Hello world');
});
