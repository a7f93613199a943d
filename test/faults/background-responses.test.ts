import { setTimeout as wait } from 'node:timers/promises';
import { stallReply, startMockAnthropic, textReply, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { askResponses, textOf } from '../support/chat/ask-responses.ts';
import { isAlive, killGroup } from '../support/cli/child-processes.ts';
import { newestCli } from '../support/cli/cli-versions.ts';
import { onlyChild } from '../support/cli/only-child.ts';
import { startLeakCheck, type LeakCheck } from '../support/leak-check.ts';
import { createCommandPlace, type CommandPlace, type ServingCommand } from '../support/servers/start-command.ts';
import { noIdle } from '../support/servers/no-idle.ts';
import { startRedis, type TestRedis } from '../support/servers/start-redis.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../support/servers/start-test-server.ts';
import { until } from '../support/until.ts';

const background = { background: true };
const stalled = () => stallReply({ afterText: 'Well' });
const slowly = (count: number) =>
  textReply(
    Array.from({ length: count }, (_, index) => `${index} `),
    { chunkDelayMs: 100 },
  );
const lost = { status: 'failed', error: { code: 'server_error', message: expect.stringContaining('has ended') } };

let leaks: LeakCheck;
beforeEach(() => {
  leaks = startLeakCheck();
});
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
  await leaks.finish();
});

async function start(options: TestServerOptions = {}): Promise<TestServer> {
  const server = await startTestServer(options);
  closing.push(() => server.close());
  return server;
}

async function startOverRedis(): Promise<TestRedis> {
  const redis = await startRedis();
  closing.push(() => redis.kill());
  return redis;
}

const over = ({ url }: TestRedis): Readonly<Record<string, string>> => ({ 'storage.driver': 'redis', 'storage.url': url });

describe('a killed CLI', () => {
  test('of a response that is polled: it is asked again', async () => {
    const { url, mock } = await start({ runner: { maxRetries: 1 } });
    const responses = askResponses(url);
    mock.reply(stalled());
    const { id } = await responses.ask(background);
    await until(() => mock.messages().length === 1, 'the request upstream');
    process.kill((await onlyChild()).pid, 'SIGKILL');
    expect(textOf(await responses.until(id, 'completed'))).toBe('Hello world');
  });

  test('of one that has told something already: it has failed, with what was told', async () => {
    const { url, mock } = await start({ runner: { maxRetries: 1 } });
    const responses = askResponses(url);
    mock.reply(stalled());
    const stream = await responses.stream(background);
    await until(() => stream.text() === 'Well', 'the first words');
    process.kill((await onlyChild()).pid, 'SIGKILL');
    await stream.done;
    expect(stream.events.slice(-2).map(({ type }) => type)).toEqual(['error', 'response.failed']);
    const told = await responses.get(await stream.id());
    expect(told).toEqual(stream.events.at(-1)?.response);
    expect(textOf(told)).toBe('Well');
  });

  test('of one whose caller waits: the stream says so, and it is kept as failed', async () => {
    const { url, mock } = await start();
    const responses = askResponses(url);
    mock.reply(stalled());
    const stream = await responses.stream({});
    await until(() => stream.text() === 'Well', 'the first words');
    process.kill((await onlyChild()).pid, 'SIGKILL');
    await stream.done;
    expect(stream.events.slice(-2).map(({ type }) => type)).toEqual(['error', 'response.failed']);
    const told = await responses.get(await stream.id());
    expect(told).toEqual(stream.events.at(-1)?.response);
    const following = await responses.post({ previous_response_id: told.id });
    expect(following.status).toBe(400);
    expect(await following.json()).toMatchObject({ error: { code: 'previous_response_unfinished' } });
  });
});

describe('a caller who leaves', () => {
  test('a stream in the background: it goes on, and is taken up again where it was', async () => {
    const { url, mock } = await start();
    const responses = askResponses(url);
    mock.reply(slowly(15));
    const first = await responses.stream(background);
    await until(() => first.text().length > 4, 'the first words');
    first.leave();
    await first.done;
    const id = await first.id();
    const second = await responses.stream(id, first.events.at(-1)?.sequence_number);
    await second.done;
    expect(second.events.at(-1)?.type).toBe('response.completed');
    const all = [...first.events, ...second.events];
    expect(all.map(({ sequence_number: number }) => number)).toEqual(all.map((_, index) => index));
    expect(first.text() + second.text()).toBe(textOf(await responses.get(id)));
    expect(mock.messages()).toHaveLength(1);
  });

  test('a stream that they wait for: it stops, and nothing is kept', async () => {
    const { url, mock } = await start();
    const responses = askResponses(url);
    mock.reply(stalled());
    const stream = await responses.stream({});
    await until(() => stream.text() === 'Well', 'the first words');
    const { pid } = await onlyChild();
    stream.leave();
    await until(() => mock.messages()[0]?.closedEarlyAt !== undefined, 'the end of the connection upstream');
    await until(() => !isAlive(pid), 'the end of the process');
    expect((await fetch(`${url}/v1/responses/${await stream.id()}`)).status).toBe(404);
  });
});

test('who cancels ends the process, and hears what was said', async () => {
  const redis = await startOverRedis();
  const [one, other] = await Promise.all([start({ settings: over(redis) }), start({ settings: over(redis) })]);
  one.mock.replyWith(stalled);
  for (const canceller of [one, other]) {
    one.mock.reset();
    one.mock.replyWith(stalled);
    const stream = await askResponses(one.url).stream(background);
    await until(() => stream.text() === 'Well', 'the first words');
    const { pid } = await onlyChild();
    const told = await askResponses(canceller.url).cancel(await stream.id());
    expect([told.status, textOf(told)]).toEqual(['cancelled', 'Well']);
    await until(() => one.mock.messages()[0]?.closedEarlyAt !== undefined, 'the end of the connection upstream');
    await until(() => !isAlive(pid), 'the end of the process');
    await stream.done;
    expect(stream.events.at(-1)).toMatchObject({ type: 'response.incomplete', response: told });
    expect(await askResponses(one.url).get(told.id)).toEqual(told);
  }
  expect(other.mock.messages()).toEqual([]);
});

test('one that goes on is gone on with by its id, by two at once: each has its own branch', async () => {
  const { url, mock } = await start();
  const responses = askResponses(url);
  const { id } = await responses.ask({ input: 'one', ...background });
  await responses.until(id, 'completed');
  const both = await Promise.all(['two', 'three'].map((input) => responses.post({ input, previous_response_id: id })));
  expect(both.map(({ status }) => status)).toEqual([200, 200]);
  expect(new Set(both.map(({ headers }) => headers.get('x-conversation-id'))).size).toBe(2);
  expect(
    mock
      .messages()
      .slice(1)
      .map(({ body }) => body.messages.length),
  ).toEqual([3, 3]);
});

describe('a killed server', () => {
  let mock: MockAnthropic;
  let redis: TestRedis;
  let place: CommandPlace;
  beforeEach(async () => {
    mock = await startMockAnthropic();
    closing.push(() => mock.close());
    redis = await startOverRedis();
    place = createCommandPlace(mock.url);
    closing.push(() => place.remove());
  }, 120_000);
  const serve = (...more: string[]): Promise<ServingCommand> =>
    place.serve([
      ...['--server.port=0', '--log.level=warn', `--claude.command=${newestCli.path}`, ...noIdle],
      ...Object.entries(over(redis)).map(([name, value]) => `--${name}=${value}`),
      ...more,
    ]);

  test('whoever asks another of its responses is told that they have failed; streams end, and all else goes on', async () => {
    const [one, other] = await Promise.all([serve(), serve()]);
    const [here, there] = [askResponses(one.url), askResponses(other.url)];
    mock.replyWith(stalled);
    const stream = await here.stream(background);
    await until(() => stream.text() === 'Well', 'the first words');
    const id = await stream.id();
    const polled = await here.ask(background);
    const followed = await there.stream(id);
    await until(() => followed.text() === 'Well', 'the first words on the other server');
    const pids = one.startedPids();
    one.child.kill('SIGKILL');
    await one.ended;
    pids.forEach(killGroup);
    await stream.done.catch(() => {});
    const [told, again] = await Promise.all([there.until(id, 'failed'), there.until(id, 'failed')]);
    expect(told).toMatchObject(lost);
    expect(again).toEqual(told);
    await followed.done;
    expect(followed.events.slice(-2)).toMatchObject([
      { type: 'error', code: 'server_error' },
      { type: 'response.failed', response: told },
    ]);
    // The numbers go on where the lost stream was, at most what it had told within half a second.
    expect(followed.events.map(({ sequence_number: number }) => number)).toEqual(followed.events.map((_, index) => index));
    expect(await there.until(polled.id, 'failed')).toMatchObject(lost);
    expect((await there.post({ previous_response_id: id })).status).toBe(400);
    expect((await there.cancel(id)).status).toBe('failed');
    mock.replyWith(() => textReply('Hello world'));
    const next = await there.ask(background);
    expect(textOf(await there.until(next.id, 'completed'))).toBe('Hello world');
  });

  test('one that is told to stop lets them end', async () => {
    mock.replyWith(() => slowly(20));
    const command = await serve('--server.shutdown_timeout_seconds=20');
    const { id } = await askResponses(command.url).ask(background);
    await until(() => mock.messages().length === 1, 'the request upstream');
    command.child.kill('SIGTERM');
    expect(await command.ended).toBe(0);
    const next = askResponses((await serve()).url);
    expect(await next.get(id)).toMatchObject({
      status: 'completed',
      output: [{ content: [{ text: expect.stringMatching(/^0 .* 19 $/) }] }],
    });
  });

  test('but not longer than it may: then they have failed, and say why', async () => {
    mock.replyWith(stalled);
    const command = await serve('--server.shutdown_timeout_seconds=0.5', '--claude.max_concurrent_sessions=1');
    const responses = askResponses(command.url);
    const stream = await responses.stream(background);
    await until(() => stream.text() === 'Well', 'the first words');
    const waiting = await responses.ask(background);
    command.child.kill('SIGTERM');
    await stream.done;
    expect(stream.events.at(-1)?.type).toBe('response.failed');
    expect(await command.ended).toBe(0);
    const next = askResponses((await serve()).url);
    for (const id of [await stream.id(), waiting.id])
      expect(await next.get(id)).toMatchObject({
        status: 'failed',
        error: { code: 'server_error', message: expect.stringContaining('stopped') },
      });
  });
});

describe('Redis', () => {
  test('gone for a while: it goes on, and nothing of it is lost; no other server takes it for lost', async () => {
    const redis = await startOverRedis();
    const [one, other] = await Promise.all([start({ settings: over(redis) }), start({ settings: over(redis) })]);
    one.mock.reply(slowly(70));
    const stream = await askResponses(one.url).stream(background);
    await until(() => stream.text().length > 10, 'the first words');
    const id = await stream.id();
    redis.pause();
    // Longer than its server's hold lasts.
    await wait(4000);
    const before = stream.text().length;
    await until(() => stream.text().length > before, 'more words meanwhile');
    expect((await fetch(`${other.url}/v1/responses/${id}`)).status).toBe(503);
    redis.resume();
    const there = askResponses(other.url);
    const told = await there.until(id, 'completed').catch((error: unknown) => String(error));
    expect(told).toMatchObject({ status: 'completed' });
    await stream.done;
    const again = await there.stream(id);
    await again.done;
    expect(again.events).toEqual(stream.events);
    expect(stream.text()).toBe(Array.from({ length: 70 }, (_, index) => `${index} `).join(''));
  });

  test('that has lost what it had: the response is gone, and its process with it', async () => {
    const redis = await startOverRedis();
    const { url, mock } = await start({ settings: over(redis) });
    mock.reply(stalled());
    const stream = await askResponses(url).stream(background);
    await until(() => stream.text() === 'Well', 'the first words');
    const { pid } = await onlyChild();
    await redis.stop();
    await redis.start();
    await until(() => !isAlive(pid), 'the end of the process');
    await stream.done;
    expect(stream.events.at(-1)).toMatchObject({ type: 'error', code: 'response_not_found' });
    expect((await fetch(`${url}/v1/responses/${await stream.id()}`)).status).toBe(404);
  });

  test('away when one is asked for: a 503, and nothing is asked', async () => {
    const redis = await startOverRedis();
    const { url, mock } = await start({ settings: over(redis) });
    await redis.stop();
    const response = await askResponses(url).post(background);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: { code: 'storage_unavailable' } });
    expect(mock.messages()).toEqual([]);
  });
});
