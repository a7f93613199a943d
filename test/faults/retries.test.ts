import { renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findCli, type CliRunnerOptions } from '@claude-code-api/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { errorReply, textReply } from '@claude-code-api/mock-anthropic';
import { answerOf } from '../support/chat/answer-of.ts';
import { childProcesses } from '../support/cli/child-processes.ts';
import { minimumCli, newestCli } from '../support/cli/cli-versions.ts';
import { createFakeCli } from '../support/cli/create-fake-cli.ts';
import { startLeakCheck, type LeakCheck } from '../support/leak-check.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { onlyChild } from '../support/cli/only-child.ts';
import { readHealth } from '../support/servers/read-health.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../support/servers/start-test-server.ts';
import { untilHealth } from '../support/servers/until-health.ts';
import { until } from '../support/until.ts';

// An alias would have a process list the models.
const hi = { model: 'claude-sonnet-5-5', messages: [{ role: 'user', content: 'hi' }] };
const next = (text: string) => ({
  ...hi,
  messages: [...hi.messages, { role: 'assistant', content: 'Hello world' }, { role: 'user', content: text }],
});
const noPool = { minIdle: 0, maxIdle: 0 };

type RunnerInsight = NonNullable<CliRunnerOptions['insight']>;

let leaks: LeakCheck;
let directory: string;
let server: TestServer;
const cleanUps: (() => void)[] = [];
beforeEach(async () => {
  leaks = startLeakCheck();
  directory = await makeTemporaryDirectory();
});
afterEach(async () => {
  await server.close();
  cleanUps.splice(0).forEach((cleanUp) => cleanUp());
  await rm(directory, { recursive: true });
  await leaks.finish();
});

async function start(options: TestServerOptions = {}): Promise<void> {
  server = await startTestServer({ ...options, runner: { ...noPool, ...options.runner } });
}

test('killed before the first event, again and again: as many tries as are allowed, and their log lines name the request', async () => {
  await start({ runner: { maxRetries: 2 } });
  server.mock.reply(textReply('never', { delayMs: 30_000 }), textReply('never', { delayMs: 30_000 }));
  const responding = server.chat(hi, { headers: { 'x-request-id': 'the-one' } });
  for (const attempt of [1, 2]) {
    await until(() => server.mock.messages().length === attempt, `attempt ${attempt} upstream`);
    process.kill((await onlyChild()).pid, 'SIGKILL');
  }
  expect(await (await responding).json()).toMatchObject({ choices: [{ message: { content: 'Hello world' } }] });
  const failures = server.log.filter(({ message }) => message === 'a CLI failed');
  expect(failures.map(({ fields }) => [fields['requestId'], fields['retries']])).toEqual([
    ['the-one', 0],
    ['the-one', 1],
  ]);
});

test('a caller’s time ends the tries', async () => {
  await start({ settings: { 'claude.timeout_seconds': '3' }, runner: { maxRetries: 100 } });
  server.mock.replyWith(() => textReply('never', { delayMs: 30_000 }));
  const killer = setInterval(() => {
    if (server.mock.messages().length > 0) for (const { pid } of childProcesses()) process.kill(pid, 'SIGKILL');
  }, 20);
  cleanUps.push(() => clearInterval(killer));
  const response = await server.chat(hi);
  clearInterval(killer);
  expect(response.status).toBe(504);
  expect(await response.json()).toMatchObject({ error: { code: 'timeout' } });
});

test.each([
  [429, 'rate_limit_error', { status: 429, code: 'rate_limit_exceeded' }],
  [529, 'overloaded_error', { status: 503, code: 'overloaded' }],
])('told to wait for a minute after a %i: the caller is told so at once', async (status, type, expected) => {
  await start({ runner: { maxRetries: 2 } });
  server.mock.replyWith(() => errorReply(status, type, 'Slow down.', { 'retry-after': '60' }));
  for (const stream of [false, true]) {
    server.mock.reset();
    server.mock.replyWith(() => errorReply(status, type, 'Slow down.', { 'retry-after': '60' }));
    const response = await server.chat({ ...hi, stream });
    expect(response.status).toBe(expected.status);
    expect(await response.json()).toMatchObject({ error: { code: expected.code } });
    // The CLI adds up to a quarter.
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(60);
    expect(Number(response.headers.get('retry-after'))).toBeLessThanOrEqual(75);
    expect(server.mock.messages()).toHaveLength(1);
  }
});

test('told to wait for an hour: the CLI gives up at once, and the caller is told to wait for a minute at least', async () => {
  await start({ runner: { maxRetries: 2 } });
  server.mock.reply(errorReply(429, 'rate_limit_error', 'Slow down.', { 'retry-after': '3600' }));
  const response = await server.chat(hi);
  expect(response.status).toBe(429);
  expect(response.headers.get('retry-after')).toBe('60');
  expect(server.mock.messages()).toHaveLength(1);
});

test('a wait that is longer than the caller’s time is no use', async () => {
  await start({ settings: { 'claude.timeout_seconds': '20' }, runner: { maxRetries: 2 } });
  server.mock.replyWith(() => errorReply(529, 'overloaded_error', 'Overloaded', { 'retry-after': '21' }));
  const response = await server.chat(hi);
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toMatch(/^2[1-7]$/);
});

test('what the CLI has tried again is not tried again by the server', async () => {
  await start({ runner: { maxRetries: 1 } });
  server.mock.replyWith(() => errorReply(529, 'overloaded_error', 'Overloaded'));
  expect((await server.chat(hi)).status).toBe(503);
  expect(server.mock.messages()).toHaveLength(2);
});

test('the statistics are told what happens, and can ask how it is', async () => {
  const told: string[] = [];
  let read: Parameters<RunnerInsight['watch']>[0] | undefined;
  const insight: RunnerInsight = {
    processStarted: () => void told.push('started'),
    processFailed: (kind) => void told.push(`failed: ${kind}`),
    turnRetried: (reason) => void told.push(`retried: ${reason}`),
    toolDenied: (profile, tool) => void told.push(`denied: ${profile} ${tool}`),
    watch(how) {
      read = how;
    },
  };
  await start({ runner: { maxRetries: 1, insight, maxLive: 1 } });
  await (await fetch(`${server.url}/v1/models`)).json();
  await until(() => childProcesses().length === 0, 'the end of the process that told its models');
  told.length = 0;
  server.mock.reply(textReply('never', { delayMs: 30_000 }), errorReply(529, 'overloaded_error', 'Overloaded'));
  const responding = server.chat(hi);
  await until(() => server.mock.messages().length === 1, 'the request upstream');
  process.kill((await onlyChild()).pid, 'SIGKILL');
  expect((await responding).status).toBe(200);
  expect(told).toEqual(['started', 'failed: ended', 'retried: process', 'started', 'retried: upstream']);
  expect(await read?.()).toMatchObject({
    cliVersion: newestCli.version,
    processes: { idle: 0, starting: 0, live: 1, all: 1 },
    circuit: 'closed',
    mcpServers: {},
  });
});

test('no process comes up: after five no more are started, the health says so, and it is mended without a request', async () => {
  const broken = join(directory, 'broken');
  const starts = join(directory, 'starts');
  const cli = createFakeCli({
    onStart: `require('node:fs').appendFileSync(${JSON.stringify(starts)}, 'x');
      if (require('node:fs').existsSync(${JSON.stringify(broken)})) process.exit(3);`,
  });
  cleanUps.push(() => cli.remove());
  writeFileSync(starts, '');
  await start({ cli });
  const fake = { ...hi, model: 'claude-fake' };
  // A process that waits for its conversation to go on.
  expect(await answerOf(server.chat(fake))).toBe('Hello world');
  expect(await readHealth(server.url)).toMatchObject({ status: 'ok', circuit: 'closed' });
  writeFileSync(broken, '');
  const others = await Promise.all([1, 2, 3].map((n) => server.chat({ ...fake, messages: [{ role: 'user', content: `other ${n}` }] })));
  expect(others.map(({ status }) => status)).toEqual([503, 503, 503]);
  expect(await readHealth(server.url)).toMatchObject({
    status: 'unavailable',
    circuit: 'open',
    problem: expect.stringContaining('does not start') as string,
  });
  const refused = await server.chat({ ...fake, messages: [{ role: 'user', content: 'refused' }] });
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({
    error: { code: 'claude_unavailable', message: expect.stringContaining('does not start') as string },
  });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(server.log.filter(({ message }) => message.startsWith('Claude Code does not start'))).not.toEqual([]);
  // What is alive already serves all the same.
  expect(await answerOf(server.chat({ ...next('go on'), model: 'claude-fake' }))).toBe('Hello world');
  await rm(broken);
  await untilHealth(server.url, ({ circuit, status }) => circuit === 'closed' && status === 'ok');
  expect(await answerOf(server.chat({ ...fake, messages: [{ role: 'user', content: 'again' }] }))).toBe('Hello world');
});

test('the CLI updates itself while the server runs: the next process is the new one', async () => {
  const link = join(directory, 'claude');
  const leadTo = (path: string): void => {
    symlinkSync(path, `${link}.new`);
    renameSync(`${link}.new`, link);
  };
  leadTo(minimumCli.path);
  await start({ cli: await findCli({ command: link, environment: {} }) });
  expect(await answerOf(server.chat(hi))).toBe('Hello world');
  expect((await readHealth(server.url)).cli.version).toBe(minimumCli.version);
  leadTo(newestCli.path);
  // The process that lives goes on; a new one is of the new version.
  expect(await answerOf(server.chat(next('and now?')))).toBe('Hello world');
  expect(await answerOf(server.chat({ ...hi, messages: [{ role: 'user', content: 'new' }] }))).toBe('Hello world');
  const agents = server.mock.messages().map(({ headers }) => headers['user-agent'] ?? '');
  expect(agents.map((agent) => /\d+\.\d+\.\d+/.exec(agent)?.[0])).toEqual([minimumCli.version, minimumCli.version, newestCli.version]);
  expect((await readHealth(server.url)).cli.version).toBe(newestCli.version);
});

test('the CLI is moved while the server runs: it is found again by its name', async () => {
  await mkdir(join(directory, 'one'));
  await mkdir(join(directory, 'two'));
  const environment = { PATH: `${join(directory, 'one')}:${join(directory, 'two')}` };
  symlinkSync(minimumCli.path, join(directory, 'one', 'claude'));
  await start({ cli: await findCli({ command: 'claude', environment }) });
  symlinkSync(newestCli.path, join(directory, 'two', 'claude'));
  await rm(join(directory, 'one', 'claude'));
  expect(await answerOf(server.chat(hi))).toBe('Hello world');
  expect((await readHealth(server.url)).cli.version).toBe(newestCli.version);
});

test('logged out while the server runs: the turn says so, and then the health', async () => {
  const credentials = join(directory, '.claude', '.credentials.json');
  const claudeAiOauth = {
    accessToken: 'sk-ant-oat01-x',
    refreshToken: 'sk-ant-ort01-x',
    expiresAt: Date.now() + 8 * 3_600_000,
    scopes: ['user:inference', 'user:profile'],
    subscriptionType: 'max',
  };
  await mkdir(join(directory, '.claude'));
  writeFileSync(credentials, JSON.stringify({ claudeAiOauth }));
  await start({ environment: { HOME: directory, ANTHROPIC_API_KEY: '' } });
  expect(await readHealth(server.url)).toMatchObject({ status: 'ok' });
  expect(await answerOf(server.chat(hi))).toBe('Hello world');
  await rm(credentials);
  const response = await server.chat({ ...hi, messages: [{ role: 'user', content: 'new' }] });
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({ error: { code: 'claude_not_logged_in' } });
  expect(await readHealth(server.url)).toMatchObject({
    status: 'unavailable',
    problem: expect.stringContaining('not logged in') as string,
  });
});
