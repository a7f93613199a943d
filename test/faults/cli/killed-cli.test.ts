import { afterEach, beforeEach, expect, test } from 'vitest';
import { stallReply, textReply } from '@claude-code-api/mock-anthropic';
import { answerOf } from '../../support/chat/answer-of.ts';
import { childProcesses, isAlive } from '../../support/cli/child-processes.ts';
import { startLeakCheck, type LeakCheck } from '../../support/leak-check.ts';
import { onlyChild } from '../../support/cli/only-child.ts';
import { readEvents, textOf, type StreamChunk } from '../../support/chat/read-events.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../../support/servers/start-test-server.ts';
import { untilHealth } from '../../support/servers/until-health.ts';
import { until } from '../../support/until.ts';

// A full name, for which no process is started that looks it up.
const hi = { model: 'claude-sonnet-5-5', messages: [{ role: 'user', content: 'hi' }] };

let leaks: LeakCheck;
let server: TestServer;
beforeEach(() => {
  leaks = startLeakCheck();
});
afterEach(async () => {
  await server.close();
  await leaks.finish();
});

async function start(options: TestServerOptions = {}): Promise<void> {
  server = await startTestServer(options);
}

async function warmPid(): Promise<number> {
  await untilHealth(server.url, ({ processes }) => processes.idle === 1);
  return (await onlyChild()).pid;
}

test('killed in mid-stream: an error in the stream, and later requests are fine', async () => {
  await start({ runner: { minIdle: 0, maxIdle: 0 } });
  server.mock.reply(stallReply({ afterText: 'The beginning' }));
  const response = await server.chat({ ...hi, stream: true });
  expect(response.status).toBe(200);
  const chunks: StreamChunk[] = [];
  for await (const chunk of readEvents(response)) {
    chunks.push(chunk);
    if (textOf(chunks) !== '' && chunk.error === undefined) process.kill((await onlyChild()).pid, 'SIGKILL');
  }
  expect(textOf(chunks)).toBe('The beginning');
  expect(chunks.at(-1)?.error).toMatchObject({ type: 'server_error', code: 'upstream_error', message: expect.stringContaining('lost') });
  expect(chunks.some((chunk) => chunk.choices?.[0]?.finish_reason)).toBe(false);
  await until(() => childProcesses().length === 0, 'the end of the process');
  expect(await answerOf(server.chat(hi))).toBe('Hello world');
});

test('killed in mid-answer, not streamed: an error, not half an answer', async () => {
  await start({ runner: { minIdle: 0, maxIdle: 0 } });
  // One that is killed before the server has heard of the beginning is replaced: then it is tried again with more time for that.
  for (let headStartMs = 500; ; headStartMs *= 2) {
    server.mock.reset();
    server.mock.replyWith(() => stallReply({ afterText: 'The beginning' }));
    const leaving = new AbortController();
    let response: Response | undefined;
    const responding = server.chat(hi, { signal: leaving.signal }).then((told) => (response = told));
    responding.catch(() => {});
    await until(() => server.mock.messages().length === 1, 'the request upstream');
    await new Promise((resolve) => setTimeout(resolve, headStartMs));
    process.kill((await onlyChild()).pid, 'SIGKILL');
    await until(() => response !== undefined || server.mock.messages().length > 1, 'the end of the turn, or another CLI');
    if (response === undefined && headStartMs < 10_000) {
      leaving.abort();
      await until(() => childProcesses().length === 0, 'the end of the other CLI');
      continue;
    }
    const { status, json } = { status: response?.status, json: await response?.json() };
    expect(status).toBe(502);
    expect(json).toMatchObject({ error: { type: 'server_error', code: 'upstream_error' } });
    expect(server.mock.messages()).toHaveLength(1);
    return;
  }
});

test('killed while it waits for a new conversation: the next request does not notice', async () => {
  await start({ runner: { minIdle: 1, maxIdle: 1 } });
  process.kill(await warmPid(), 'SIGKILL');
  expect(await answerOf(server.chat(hi))).toBe('Hello world');
  expect(server.mock.messages()).toHaveLength(1);
});

test('killed while it waits, noticed before the next request: the pool fills itself again', async () => {
  await start({ runner: { minIdle: 1, maxIdle: 1 } });
  const pid = await warmPid();
  process.kill(pid, 'SIGKILL');
  await until(() => !isAlive(pid), 'the end of the process');
  const next = await onlyChild();
  expect(next.pid).not.toBe(pid);
  expect(await answerOf(server.chat(hi))).toBe('Hello world');
});

test('killed while it waits for a follow-up: the follow-up is served by another, with the whole history', async () => {
  await start({ runner: { minIdle: 0, maxIdle: 0 } });
  expect(await answerOf(server.chat(hi))).toBe('Hello world');
  process.kill((await onlyChild()).pid, 'SIGKILL');
  const history = [...hi.messages, { role: 'assistant', content: 'Hello world' }, { role: 'user', content: 'and now?' }];
  server.mock.reply(textReply('Still here.'));
  expect(await answerOf(server.chat({ ...hi, messages: history }))).toBe('Still here.');
  const sent = server.mock.messages().at(-1)?.body.messages;
  expect(sent?.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  expect(server.mock.messages()).toHaveLength(2);
});

test.each([true, false])('killed before the first event (stream: %s): replaced once, and the caller sees one answer', async (stream) => {
  await start({ runner: { minIdle: 0, maxIdle: 0 } });
  server.mock.reply(textReply('never sent', { delayMs: 30_000 }));
  const responding = server.chat({ ...hi, stream });
  await until(() => server.mock.messages().length === 1, 'the request upstream');
  const { pid } = await onlyChild();
  process.kill(pid, 'SIGKILL');
  const response = await responding;
  expect(response.status).toBe(200);
  if (stream) {
    const chunks: StreamChunk[] = [];
    for await (const chunk of readEvents(response)) chunks.push(chunk);
    expect(textOf(chunks)).toBe('Hello world');
    expect(chunks.some(({ error }) => error !== undefined)).toBe(false);
    expect(chunks.filter((chunk) => chunk.choices?.[0]?.finish_reason === 'stop')).toHaveLength(1);
  } else {
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello world' }, finish_reason: 'stop' }] });
  }
  expect(server.mock.messages()).toHaveLength(2);
});

test('killed before the first event twice: an error, not a third try', async () => {
  await start({ runner: { minIdle: 0, maxIdle: 0 } });
  server.mock.replyWith(() => textReply('never sent', { delayMs: 30_000 }));
  const responding = server.chat(hi);
  for (const attempt of [1, 2]) {
    await until(() => server.mock.messages().length === attempt, `attempt ${attempt} upstream`);
    process.kill((await onlyChild()).pid, 'SIGKILL');
  }
  const response = await responding;
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ error: { type: 'server_error', code: 'claude_unavailable' } });
  expect(server.mock.messages()).toHaveLength(2);
});
