import { afterEach, beforeEach, expect, test } from 'vitest';
import { toolUseReply } from '@claude-code-api/mock-anthropic';
import { answerOf } from '../../support/chat/answer-of.ts';
import { isAlive } from '../../support/cli/child-processes.ts';
import { startLeakCheck, type LeakCheck } from '../../support/leak-check.ts';
import { onlyChild } from '../../support/cli/only-child.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../../support/servers/start-test-server.ts';
import { processOf, result, toolChat, user } from '../../support/chat/tool-chat.ts';
import { until } from '../../support/until.ts';
import { untilHealth } from '../../support/servers/until-health.ts';

// One that is frozen in mid-stream is in stalls.test.ts.
// A full name, for which no process is started that looks it up.
const hi = { model: 'claude-sonnet-5-5', messages: [{ role: 'user', content: 'hi' }] };
const again = [...hi.messages, { role: 'assistant', content: 'Hello world' }, { role: 'user', content: 'and now?' }];
const call = { id: 'toolu_frozen', name: 'get_weather', input: { city: 'Oslo' } };

let leaks: LeakCheck;
let server: TestServer;
beforeEach(() => {
  leaks = startLeakCheck();
});
afterEach(async () => {
  await server.close();
  await leaks.finish();
});

async function start(runner: TestServerOptions['runner'] = {}): Promise<void> {
  // On a machine that has much else to do, one that is not frozen may take as long, and is then replaced too.
  server = await startTestServer({ runner: { minIdle: 0, maxIdle: 0, startTimeoutMs: 4000, maxRetries: 3, ...runner } });
}

/** Stops the only process there is. */
async function freeze(): Promise<number> {
  const { pid } = await onlyChild();
  process.kill(pid, 'SIGSTOP');
  return pid;
}

async function expectGone(pid: number): Promise<void> {
  await until(() => !isAlive(pid), 'the end of the frozen process');
}

test('one that waits for a new conversation: another answers in its place', async () => {
  await start({ minIdle: 1, maxIdle: 1 });
  await untilHealth(server.url, ({ processes }) => processes.idle === 1);
  const pid = await freeze();
  expect(await answerOf(server.chat(hi))).toBe('Hello world');
  await expectGone(pid);
  expect(await answerOf(server.chat({ ...hi, messages: again }))).toBe('Hello world');
  expect(server.mock.messages()).toHaveLength(2);
});

test('one that waits for a follow-up: another answers in its place', async () => {
  await start();
  expect(await answerOf(server.chat(hi))).toBe('Hello world');
  const pid = await freeze();
  expect(await answerOf(server.chat({ ...hi, messages: again }))).toBe('Hello world');
  await expectGone(pid);
  const heard = server.mock.messages().map(({ body }) => body.messages.map(({ role }) => role));
  expect(heard).toEqual([['user'], ['user', 'assistant', 'user']]);
});

test('one that holds a tool call: another takes the result', async () => {
  await start();
  server.mock.reply(toolUseReply([call]));
  const question = user('What is the weather?');
  const called = await toolChat(server, [question]);
  const pid = await freeze();
  const messages = [question, called.message, result(call.id, 'cold')];
  const answered = await toolChat(server, messages);
  expect(answered.message.content).toBe('Hello world');
  await expectGone(pid);
  const next = await toolChat(server, [...messages, answered.message, user('And tomorrow?')]);
  expect(processOf(next.request)).toBe(processOf(answered.request));
});

test('one that waits, and a server that closes', async () => {
  await start();
  await answerOf(server.chat(hi));
  const pid = await freeze();
  await server.server.close();
  expect(isAlive(pid)).toBe(false);
});
