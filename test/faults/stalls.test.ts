import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stallReply, textReply } from '@claude-code-api/mock-anthropic';
import { childProcesses, isAlive } from '../support/cli/child-processes.ts';
import { startLeakCheck, type LeakCheck } from '../support/leak-check.ts';
import { onlyChild } from '../support/cli/only-child.ts';
import { readEvents, textOf, type StreamChunk } from '../support/chat/read-events.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { until } from '../support/until.ts';

// A full name, for which no process is started that looks it up.
const hi = { model: 'claude-sonnet-5-5', messages: [{ role: 'user', content: 'hi' }] };
const noPool = { minIdle: 0, maxIdle: 0 };

let leaks: LeakCheck;
let server: TestServer;
beforeEach(() => {
  leaks = startLeakCheck();
});
afterEach(async () => {
  await server.close();
  await leaks.finish();
});

test('a CLI that is stopped in mid-stream: the time limit ends the stream with an error, and the process too', async () => {
  server = await startTestServer({ settings: { 'claude.timeout_seconds': '20' }, runner: noPool });
  server.mock.reply(
    textReply(
      Array.from({ length: 1000 }, (_, index) => `${index} `),
      { chunkDelayMs: 50 },
    ),
  );
  const response = await server.chat({ ...hi, stream: true });
  const chunks: StreamChunk[] = [];
  let stopped: number | undefined;
  for await (const chunk of readEvents(response)) {
    chunks.push(chunk);
    if (stopped !== undefined || textOf(chunks) === '') continue;
    stopped = (await onlyChild()).pid;
    process.kill(stopped, 'SIGSTOP');
  }
  expect(stopped).toBeDefined();
  expect(chunks.at(-1)?.error).toMatchObject({ type: 'server_error', code: 'timeout', message: expect.stringContaining('20 seconds') });
  await until(() => !isAlive(stopped ?? 0), 'the end of the stopped process');
});

test('a CLI that is stopped while it waits for a follow-up: the time limit answers, and the process goes', async () => {
  server = await startTestServer({ settings: { 'claude.timeout_seconds': '20' }, runner: noPool });
  await (await server.chat(hi)).text();
  const { pid } = await onlyChild();
  process.kill(pid, 'SIGSTOP');
  const history = [...hi.messages, { role: 'assistant', content: 'Hello world' }, { role: 'user', content: 'and now?' }];
  const response = await server.chat({ ...hi, messages: history });
  expect(response.status).toBe(504);
  expect(await response.json()).toMatchObject({ error: { code: 'timeout' } });
  await until(() => !isAlive(pid), 'the end of the stopped process');
});

test('silence before the first event: 504 at its own time limit', async () => {
  server = await startTestServer({ runner: { ...noPool, firstEventTimeoutMs: 6000 } });
  server.mock.reply(textReply('late', { delayMs: 30_000 }));
  const response = await server.chat(hi);
  expect(response.status).toBe(504);
  expect(await response.json()).toMatchObject({
    error: { type: 'server_error', code: 'timeout', message: expect.stringContaining('first_event_timeout_seconds') },
  });
  await until(() => childProcesses().length === 0, 'the end of the process');
  expect(server.mock.messages()[0]?.closedEarlyAt).toBeDefined();
});

test('silence after the beginning: the time limit of the turn, not that of the first event', async () => {
  server = await startTestServer({ settings: { 'claude.timeout_seconds': '20' }, runner: { ...noPool, firstEventTimeoutMs: 17_000 } });
  server.mock.reply(stallReply({ afterText: 'Well' }));
  const response = await server.chat(hi);
  expect(response.status).toBe(504);
  expect(await response.json()).toMatchObject({ error: { code: 'timeout', message: expect.stringContaining('claude.timeout_seconds') } });
});

test('closing the server during turns ends them all', async () => {
  server = await startTestServer({ settings: { 'claude.max_concurrent_sessions': '2' }, runner: noPool });
  server.mock.replyWith(() => stallReply({ afterText: 'Well' }));
  // The third one waits for a place.
  const responses = [server.chat({ ...hi, stream: true }), server.chat(hi), server.chat({ ...hi, stream: true })];
  const ends = responses.map((responding) =>
    responding.then(async (response) => ({ status: response.status, text: await response.text() })).catch((error: unknown) => error),
  );
  await until(() => server.mock.messages().length === 2, 'two requests upstream');
  const begin = performance.now();
  await server.server.close();
  // Long before any time limit of theirs.
  expect(performance.now() - begin).toBeLessThan(20_000);
  for (const end of await Promise.all(ends)) {
    // A clear error where it could still be said, a closed connection otherwise; never an answer.
    if (end instanceof Error) continue;
    const { status, text } = end as { status: number; text: string };
    expect(status === 200 ? text : '"error"').toContain('"error"');
    expect(text).not.toContain('"finish_reason":"stop"');
  }
  expect(childProcesses()).toEqual([]);
  await wait(200);
  expect(server.mock.messages()).toHaveLength(2);
});
