import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { errorReply, textReply, type RecordedMessages } from '@claude-code-api/mock-anthropic';
import { childProcesses } from '../support/cli/child-processes.ts';
import { startLeakCheck, type LeakCheck } from '../support/leak-check.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { untilHealth } from '../support/servers/until-health.ts';
import { until } from '../support/until.ts';

// A full name, so that no process is started to look it up.
const model = 'claude-sonnet-4-5';
const answerMs = 1000;

let leaks: LeakCheck;
let server: TestServer;
beforeEach(() => {
  leaks = startLeakCheck();
});
afterEach(async () => {
  await server.close();
  await leaks.finish();
});

async function start(settings: Record<string, string>): Promise<void> {
  server = await startTestServer({ settings, runner: { minIdle: 0, maxIdle: 0, maxLive: 0 } });
  server.mock.replyWith(() => textReply('done', { delayMs: answerMs }));
}

/** The next answer comes `answerMs` after it is let go. */
function holdNext(): () => void {
  let letGo = (): void => {};
  server.mock.reply(textReply('done', { delayMs: answerMs, after: new Promise<void>((resolve) => (letGo = resolve)) }));
  return letGo;
}

const ask = (text: string, init?: RequestInit): Promise<Response> =>
  server.chat({ model, messages: [{ role: 'user', content: text }] }, init);

/** Until so many run or wait. */
async function untilTurns(count: number): Promise<void> {
  await untilHealth(server.url, ({ turns }) => turns.running + turns.queued === count);
}

/** What was asked, in the order in which it came upstream. */
function asked(): string[] {
  return server.mock.messages().map(({ body }) => {
    const last = body.messages.findLast(({ role }) => role === 'user')?.content;
    return typeof last === 'string' ? last : (last?.at(-1)?.text ?? '');
  });
}

/** How many were upstream at once, at most: each takes at least `answerMs`. */
function mostAtOnce(requests: readonly RecordedMessages[]): number {
  return Math.max(
    ...requests.map(
      ({ receivedAt }) => requests.filter((other) => other.receivedAt <= receivedAt && receivedAt < other.receivedAt + answerMs).length,
    ),
  );
}

test('as many turns run at once as the setting says, and the others wait', async () => {
  await start({ 'claude.max_concurrent_sessions': '2' });
  let both = (): void => {};
  const areBoth = new Promise<void>((resolve) => (both = resolve));
  let running = 0;
  let most = 0;
  // Two are there before any is answered, however long a CLI takes to start; a third one would be seen.
  server.mock.replyWith(() => {
    running += 1;
    most = Math.max(most, running);
    if (running === 2) both();
    return textReply('done', { after: areBoth.then(() => wait(answerMs)).then(() => (running -= 1)) });
  });
  let mostProcesses = 0;
  const watch = setInterval(() => {
    mostProcesses = Math.max(mostProcesses, childProcesses().filter(({ state }) => state !== 'Z').length);
  }, 20);
  const responses = await Promise.all(Array.from({ length: 5 }, (_, index) => ask(`question ${index}`)));
  clearInterval(watch);
  expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  await Promise.all(responses.map((response) => response.text()));
  expect(most).toBe(2);
  // One that has answered may still be on its way out while the next starts.
  expect(mostProcesses).toBeLessThanOrEqual(4);
});

test('those who wait are served in the order in which they came', async () => {
  await start({ 'claude.max_concurrent_sessions': '1' });
  const letGo = holdNext();
  const responding: Promise<Response>[] = [];
  for (const name of ['a', 'b', 'c', 'd']) {
    responding.push(ask(name));
    await untilTurns(responding.length);
  }
  letGo();
  await Promise.all(responding.map(async (response) => (await response).text()));
  expect(asked()).toEqual(['a', 'b', 'c', 'd']);
  expect(mostAtOnce(server.mock.messages())).toBe(1);
});

test('a full queue is a 429 at once; who leaves it gives the place to another at once', async () => {
  await start({ 'claude.max_concurrent_sessions': '1', 'claude.max_queued_requests': '1' });
  const letGo = holdNext();
  const running = ask('running');
  await until(() => server.mock.messages().length === 1, 'the first request upstream');
  const leaver = new AbortController();
  const waiting = ask('waiting', { signal: leaver.signal });
  await untilTurns(2);

  // At once: the one that it would have waited for still runs.
  const refused = await ask('refused');
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ error: { type: 'requests', code: 'rate_limit_exceeded', param: null } });

  leaver.abort();
  await expect(waiting).rejects.toThrow(/abort/);
  await untilTurns(1);
  const second = ask('second');
  letGo();
  expect((await running).status).toBe(200);
  expect((await second).status).toBe(200);
  expect(asked()).toEqual(['running', 'second']);
});

test('too long a wait is a 429 with retry-after', async () => {
  await start({ 'claude.max_concurrent_sessions': '1', 'claude.queue_timeout_seconds': '0.3' });
  const letGo = holdNext();
  const running = ask('running');
  await until(() => server.mock.messages().length === 1, 'the first request upstream');
  const late = await ask('late');
  expect(late.status).toBe(429);
  expect(late.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  letGo();
  expect((await running).status).toBe(200);
  expect(asked()).toEqual(['running']);
});

test('a place is given back after every kind of end', async () => {
  await start({ 'claude.max_concurrent_sessions': '1', 'claude.max_queued_requests': '0' });
  const leaver = new AbortController();
  const left = ask('left', { signal: leaver.signal });
  await until(() => server.mock.messages().length === 1, 'the request upstream');
  leaver.abort();
  await expect(left).rejects.toThrow(/abort/);
  await until(() => childProcesses().length === 0, 'the end of the process');
  // For every request: the CLI itself asks once again after a 400.
  server.mock.replyWith(() => errorReply(400, 'invalid_request_error', 'no'));
  expect((await ask('wrong')).status).toBe(400);
  server.mock.replyWith(() => textReply('done'));
  expect((await ask('right')).status).toBe(200);
});
