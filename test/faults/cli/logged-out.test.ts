import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { errorReply, textReply } from '@claude-code-api/mock-anthropic';
import { answerOf } from '../../support/chat/answer-of.ts';
import { expectErrorResponse } from '../../support/chat/expect-error.ts';
import { startLeakCheck, type LeakCheck } from '../../support/leak-check.ts';
import { makeTemporaryDirectory } from '../../support/make-temporary-directory.ts';
import { startTestServer, type TestServer } from '../../support/servers/start-test-server.ts';
import { untilHealth } from '../../support/servers/until-health.ts';

const ask = (content: string): object => ({ model: 'claude-sonnet-4-5', messages: [{ role: 'user', content }] });
const notLoggedIn = { status: 401, type: 'authentication_error', code: 'claude_not_logged_in' };

let leaks: LeakCheck;
let home: string;
let server: TestServer;
beforeEach(async () => {
  leaks = startLeakCheck();
  home = await makeTemporaryDirectory();
});
afterEach(async () => {
  await server.close();
  await rm(home, { recursive: true });
  await leaks.finish();
});

const credentials = (): string => join(home, '.claude', '.credentials.json');

/** As `claude auth login` leaves it. */
async function logIn(accessToken: string): Promise<void> {
  const expiresAt = Date.now() + 8 * 3_600_000;
  const scopes = ['user:inference', 'user:profile'];
  const claudeAiOauth = { accessToken, refreshToken: 'sk-ant-ort01-x', expiresAt, scopes, subscriptionType: 'max' };
  await mkdir(join(home, '.claude'), { recursive: true });
  await writeFile(credentials(), JSON.stringify({ claudeAiOauth }));
}

const lastToken = (): string | undefined => server.mock.messages().at(-1)?.headers.authorization;

test.each([0, 1])('logged out while the server runs, and in again (with %i that wait)', async (minIdle) => {
  await logIn('sk-ant-oat01-first');
  server = await startTestServer({ environment: { HOME: home, ANTHROPIC_API_KEY: '' }, runner: { minIdle, maxIdle: minIdle } });
  expect(await answerOf(server.chat(ask('one')))).toBe('Hello world');
  expect(lastToken()).toBe('Bearer sk-ant-oat01-first');
  await untilHealth(server.url, ({ status, processes }) => status === 'ok' && processes.idle === minIdle);

  await rm(credentials());
  // Anthropic takes the token no more either: a process that knows it still is of no use.
  server.mock.replyWith(() => errorReply(401, 'authentication_error', 'OAuth token has been revoked.'));
  await expectErrorResponse(await server.chat(ask('two')), notLoggedIn);
  expect(await untilHealth(server.url, ({ status }) => status === 'unavailable')).toMatchObject({
    problem: expect.stringContaining('not logged in') as string,
  });
  await expectErrorResponse(await server.chat({ ...ask('three'), stream: true }), notLoggedIn);

  await logIn('sk-ant-oat01-second');
  server.mock.replyWith(({ headers }) =>
    headers.authorization === 'Bearer sk-ant-oat01-second'
      ? textReply('Welcome back')
      : errorReply(401, 'authentication_error', 'OAuth token has been revoked.'),
  );
  expect(await answerOf(server.chat(ask('four')))).toBe('Welcome back');
  await untilHealth(server.url, ({ status }) => status === 'ok', 45_000);
  expect(await answerOf(server.chat(ask('five')))).toBe('Welcome back');
});
