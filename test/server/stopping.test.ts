import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stallReply, startMockAnthropic, textReply, toolUseReply, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { isAlive } from '../support/cli/child-processes.ts';
import { newestCli } from '../support/cli/cli-versions.ts';
import { expectErrorInStream, expectErrorResponse } from '../support/chat/expect-error.ts';
import { readStream } from '../support/chat/read-stream.ts';
import { noIdle } from '../support/servers/no-idle.ts';
import { readHealth } from '../support/servers/read-health.ts';
import { createCommandPlace, type Command, type CommandPlace, type ServingCommand } from '../support/servers/start-command.ts';
import { weatherTool } from '../support/chat/tool-chat.ts';
import { until } from '../support/until.ts';

let mock: MockAnthropic;
let place: CommandPlace;
beforeEach(async () => {
  mock = await startMockAnthropic();
  place = createCommandPlace(mock.url);
}, 120_000);
afterEach(async () => {
  await place.remove();
  await mock.close();
});

const general = ['--server.port=0', '--log.level=warn'];
const parameters = [...general, `--claude.command=${newestCli.path}`];
const serve = (...more: string[]): Promise<ServingCommand> => place.serve([...parameters, ...more]);
/** For what is about signals and connections alone. */
const serveWithoutCli = (): Promise<ServingCommand> => place.serve([...general, '--claude.runner=api']);

const words = Array.from({ length: 15 }, (_, index) => `word ${index} `);
const slowAnswer = () => textReply(words, { chunkDelayMs: 150 });
/** The same, that says its first word and no more until it is let go. */
const heldAnswer = () => textReply(words, { chunkDelayMs: 20, afterFirst: held });
let held: Promise<void>;
let letGo = (): void => {};
beforeEach(() => {
  held = new Promise((resolve) => (letGo = resolve));
});
const shuttingDown = { status: 503, type: 'server_error', code: 'shutting_down', message: /shutting down.*try again/ };

function chat(url: string, body: object = {}): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    // An alias would have a process list the models.
    body: JSON.stringify({ model: 'claude-sonnet-5-5', messages: [{ role: 'user', content: 'hi' }], ...body }),
  });
}

async function untilAsked(count: number): Promise<void> {
  await until(
    () => mock.messages().length >= count,
    () => `request ${count} to Anthropic; there are ${mock.messages().length}`,
    30_000,
  );
}

async function stop(
  command: Command,
  signal: NodeJS.Signals = 'SIGTERM',
  pids: readonly number[] = command.startedPids(),
): Promise<() => Promise<void>> {
  expect(pids.length).toBeGreaterThan(0);
  command.child.kill(signal);
  return async () => {
    await until(() => !pids.some(isAlive), 'the end of the CLIs');
    expect(place.leftFiles()).toEqual([]);
  };
}

test('SIGTERM during turns: they end whole, others are refused meanwhile, and nothing is left', async () => {
  mock.replyWith(heldAnswer);
  const command = await serve();
  const { url } = command;
  const streamed = await chat(url, { stream: true });
  const whole = chat(url);
  await untilAsked(2);
  const expectNothingLeft = await stop(command);
  await expect.poll(async () => (await readHealth(url)).status).toBe('stopping');
  const told = await fetch(`${url}/health`);
  expect([told.status, told.headers.get('connection')]).toEqual([503, 'close']);
  const refused = await chat(url);
  expect(refused.headers.get('connection')).toBe('close');
  await expectErrorResponse(refused, { ...shuttingDown, retryAfter: '1' });
  letGo();

  const stream = await readStream(streamed);
  expect(stream).toMatchObject({ text: words.join(''), errors: [], finishReasons: ['stop'], isDone: true });
  const completion = await whole;
  expect(completion.headers.get('connection')).toBe('close');
  expect(await completion.json()).toMatchObject({ choices: [{ message: { content: words.join('') }, finish_reason: 'stop' }] });
  expect(await command.ended).toBe(0);
  await expectNothingLeft();
  expect(mock.messages()).toHaveLength(2);
});

test('those that wait for a place get it, and end whole too', async () => {
  mock.replyWith(heldAnswer);
  const command = await serve(...noIdle, '--claude.max_concurrent_sessions=1');
  const { url } = command;
  const answers = [1, 2].map(async () => readStream(await chat(url, { stream: true })));
  await expect.poll(async () => (await readHealth(url)).turns).toEqual({ running: 1, queued: 1 });
  const expectNothingLeft = await stop(command, 'SIGINT');
  letGo();
  for (const { text, errors } of await Promise.all(answers)) expect({ text, errors }).toEqual({ text: words.join(''), errors: [] });
  expect(await command.ended).toBe(0);
  await expectNothingLeft();
});

test('what takes longer than the limit is cut, and told so', async () => {
  mock.replyWith(() => stallReply({ afterText: 'Well' }));
  const command = await serve(...noIdle, '--server.shutdown_timeout_seconds=0.5', '--claude.max_concurrent_sessions=2');
  const { url } = command;
  const streamed = await chat(url, { stream: true });
  const whole = chat(url);
  await untilAsked(2);
  const queued = chat(url);
  await expect.poll(async () => (await readHealth(url)).turns).toEqual({ running: 2, queued: 1 });
  const expectNothingLeft = await stop(command);
  await expectErrorInStream(streamed, { ...shuttingDown, text: 'Well' });
  await expectErrorResponse(await whole, { ...shuttingDown, retryAfter: '1' });
  await expectErrorResponse(await queued, { ...shuttingDown, retryAfter: '1' });
  expect(await command.ended).toBe(0);
  await expectNothingLeft();
});

test('a second signal ends it at once', async () => {
  mock.replyWith(() => stallReply({ afterText: 'Well' }));
  const command = await serve(...noIdle);
  const response = await chat(command.url, { stream: true });
  const reader = response.body?.getReader();
  await reader?.read();
  const expectNothingLeft = await stop(command);
  await expect.poll(async () => (await readHealth(command.url)).status).toBe('stopping');
  // One that comes sooner is taken for the same.
  await wait(600);
  command.child.kill('SIGTERM');
  expect(await command.ended).toBe(1);
  await expectNothingLeft();
  await reader?.cancel().catch(() => {});
});

test('Ctrl-C under npm, which sends it on a second time, ends it in order', async () => {
  mock.replyWith(slowAnswer);
  const command = await serveWithoutCli();
  const streamed = await chat(command.url, { stream: true });
  await untilAsked(1);
  command.child.kill('SIGINT');
  await wait(20);
  command.child.kill('SIGINT');
  expect(await readStream(streamed)).toMatchObject({ text: words.join(''), errors: [], isDone: true });
  expect(await command.ended).toBe(0);
  expect(place.leftFiles()).toEqual([]);
});

test('SIGTERM while it starts', async () => {
  const command = place.run(parameters);
  // The first may be gone when it is looked for again: it only says its version.
  let pids: readonly number[] = [];
  await until(() => (pids = command.startedPids()).length > 0, 'its first process');
  const expectNothingLeft = await stop(command, 'SIGTERM', pids);
  expect(await command.ended).toBe(0);
  await expectNothingLeft();
});

test('SIGTERM while a call of a tool is held', async () => {
  mock.replyWith(() => toolUseReply([{ id: 'toolu_1', name: 'get_weather', input: {} }]));
  const command = await serve(...noIdle);
  expect(await (await chat(command.url, { tools: [weatherTool] })).json()).toMatchObject({ choices: [{ finish_reason: 'tool_calls' }] });
  const expectNothingLeft = await stop(command);
  expect(await command.ended).toBe(0);
  await expectNothingLeft();
});

test('connections that wait for a next request are answered that it is over, and hold nothing up', async () => {
  mock.replyWith(heldAnswer);
  const command = await serveWithoutCli();
  const { url } = command;
  const agent = new Agent({ keepAlive: true });
  const ask = (method: string): Promise<IncomingMessage & { readonly wasReused: boolean }> =>
    new Promise((resolve, reject) => {
      const request = httpRequest(`${url}${method === 'GET' ? '/health' : '/v1/chat/completions'}`, { agent, method });
      request.on('error', reject).on('response', (response) => {
        response.resume().on('end', () => resolve(Object.assign(response, { wasReused: request.reusedSocket })));
      });
      request.end();
    });
  // Two connections, of which one is used again.
  await Promise.all([ask('GET'), ask('GET')]);
  // And one whose request never comes whole.
  const half = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
  half.write('POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n');
  const streamed = await chat(url, { stream: true });
  command.child.kill('SIGTERM');
  await expect.poll(async () => (await readHealth(url)).status).toBe('stopping');
  const answer = await ask('POST');
  expect([answer.wasReused, answer.statusCode, answer.headers.connection]).toEqual([true, 503, 'close']);
  letGo();
  expect((await readStream(streamed)).text).toBe(words.join(''));
  expect(await command.ended).toBe(0);
  expect(place.leftFiles()).toEqual([]);
  agent.destroy();
  half.destroy();
});
