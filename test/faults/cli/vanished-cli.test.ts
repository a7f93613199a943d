import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { findCli } from '@claude-code-api/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { answerOf } from '../../support/chat/answer-of.ts';
import { newestCli } from '../../support/cli/cli-versions.ts';
import { startLeakCheck, type LeakCheck } from '../../support/leak-check.ts';
import { makeTemporaryDirectory } from '../../support/make-temporary-directory.ts';
import { startTestServer, type TestServer } from '../../support/servers/start-test-server.ts';
import { untilHealth } from '../../support/servers/until-health.ts';

// One that is moved or replaced is in retries.test.ts.
const ask = (content: string): object => ({ model: 'claude-sonnet-4-5', messages: [{ role: 'user', content }] });

let leaks: LeakCheck;
let directory: string;
let server: TestServer;
beforeEach(async () => {
  leaks = startLeakCheck();
  directory = await makeTemporaryDirectory();
});
afterEach(async () => {
  await server.close();
  await rm(directory, { recursive: true });
  await leaks.finish();
});

test.each([0, 1])('gone while the server runs, and back (with %i that wait)', async (minIdle) => {
  const path = join(directory, 'claude');
  await symlink(newestCli.path, path);
  const cli = await findCli({ command: path, environment: {} });
  server = await startTestServer({ cli, runner: { minIdle, maxIdle: minIdle } });
  await untilHealth(server.url, ({ processes }) => processes.idle === minIdle);
  expect(await answerOf(server.chat(ask('one')))).toBe('Hello world');
  await untilHealth(server.url, ({ processes }) => processes.idle === minIdle);

  await rm(path);
  // One that waits is alive still.
  for (let waiting = minIdle; waiting > 0; waiting -= 1) expect(await answerOf(server.chat(ask('two')))).toBe('Hello world');
  // As many as it takes until no more processes are started.
  for (const stream of [false, true, false]) {
    const response = await server.chat({ ...ask('three'), stream });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: { type: 'server_error', code: 'claude_unavailable' } });
  }
  const problem = expect.stringMatching(/not on this machine any more/) as string;
  expect(await untilHealth(server.url, ({ status }) => status === 'unavailable')).toMatchObject({ problem });
  const following = {
    ...ask('one'),
    messages: [
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'Hello world' },
      { role: 'user', content: 'four' },
    ],
  };
  expect(await answerOf(server.chat(following))).toBe('Hello world');

  await symlink(newestCli.path, path);
  await untilHealth(server.url, ({ status }) => status === 'ok', 45_000);
  expect(await answerOf(server.chat(ask('five')))).toBe('Hello world');
});
