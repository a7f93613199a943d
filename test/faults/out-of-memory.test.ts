import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hugeReply } from '@claude-code-api/mock-anthropic';
import { answerOf } from '../support/chat/answer-of.ts';
import { isAlive } from '../support/cli/child-processes.ts';
import { newestCli } from '../support/cli/cli-versions.ts';
import { startLeakCheck, type LeakCheck } from '../support/leak-check.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { onlyChild } from '../support/cli/only-child.ts';
import { readStream } from '../support/chat/read-stream.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../support/servers/start-test-server.ts';
import { until } from '../support/until.ts';
import { untilHealth } from '../support/servers/until-health.ts';

// It dies by itself of a limit on its memory. The kernel's own way, SIGKILL, is in killed-cli.test.ts.
const hi = { model: 'sonnet', messages: [{ role: 'user', content: 'hi' }] };
const again = [...hi.messages, { role: 'assistant', content: 'Hello world' }, { role: 'user', content: 'and now?' }];
const mebibyte = 1024 * 1024;

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

async function start(options: TestServerOptions = {}): Promise<void> {
  server = await startTestServer({ ...options, runner: { minIdle: 0, maxIdle: 0, ...options.runner } });
}

/** Gives the only process there is no more memory than it has. */
async function starve(): Promise<number> {
  const { pid } = await onlyChild();
  execFileSync('prlimit', ['--pid', String(pid), '--data=1']);
  return pid;
}

test.each([true, false])('in mid-answer (stream: %s): an error, and the next request is fine', async (stream) => {
  await start();
  expect(await answerOf(server.chat(hi))).toBe('Hello world');
  const pid = await starve();
  server.mock.reply(hugeReply(40 * mebibyte));
  const response = await server.chat({ ...hi, messages: again, stream });
  const failure = { type: 'server_error', code: 'upstream_error' };
  if (stream) {
    expect(response.status).toBe(200);
    const { errors, finishReasons, isDone } = await readStream(response);
    expect({ errors, finishReasons, isDone }).toMatchObject({ errors: [{ error: failure }], finishReasons: [], isDone: true });
  } else {
    expect(await response.json()).toMatchObject({ error: failure });
    expect(response.status).toBe(502);
  }
  await until(() => !isAlive(pid), 'the end of the process');
  expect(await answerOf(server.chat({ ...hi, messages: again }))).toBe('Hello world');
});

test('at its start: an error, the health says so, and all is well once there is memory', async () => {
  const limit = join(directory, 'limit');
  const cli = join(directory, 'claude');
  writeFileSync(cli, `#!/bin/sh\nexec prlimit $(cat '${limit}') '${newestCli.path}' "$@"\n`);
  chmodSync(cli, 0o755);
  writeFileSync(limit, '--data=10000000');
  await start({ cli: { ...newestCli, path: cli }, runner: { minIdle: 1, maxIdle: 1 } });
  await untilHealth(server.url, ({ status, problem = '' }) => status === 'unavailable' && problem.includes('does not start'));
  const response = await server.chat(hi);
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ error: { code: 'claude_unavailable' } });
  writeFileSync(limit, '--data=unlimited');
  await untilHealth(server.url, ({ status, circuit }) => status === 'ok' && circuit === 'closed', 45_000);
  expect(await answerOf(server.chat(hi))).toBe('Hello world');
});
