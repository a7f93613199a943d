import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request as startRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startMockAnthropic, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { newestCli } from '../support/cli/cli-versions.ts';
import { startLeakCheck, type LeakCheck } from '../support/leak-check.ts';
import { noIdle } from '../support/servers/no-idle.ts';
import { createCommandPlace, type CommandPlace, type ServingCommand } from '../support/servers/start-command.ts';
import { until } from '../support/until.ts';

let leaks: LeakCheck;
let mock: MockAnthropic;
let place: CommandPlace;
let command: ServingCommand;
let sockets: Socket[];
beforeEach(async () => {
  leaks = startLeakCheck();
  mock = await startMockAnthropic();
  place = createCommandPlace(mock.url);
  sockets = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await place.remove();
  await mock.close();
  await leaks.finish();
});

async function serve(...parameters: string[]): Promise<void> {
  command = await place.serve(['--server.port=0', '--log.level=warn', `--claude.command=${newestCli.path}`, ...parameters]);
}

/** No process waits, so that all handles that come and go are those of requests: that which has told the models ends too. */
async function serveAlone(): Promise<void> {
  await serve(...noIdle);
  await until(() => command.startedPids().length === 0, 'the end of the process that told the models');
}

const pid = (): string => String(command.child.pid);
const handles = (): number => readdirSync(`/proc/${pid()}/fd`).length;

/** Lets the server open only handles below a number, and the highest that it may itself allow. What is open stays open. */
function allowBelow(limit: number | undefined): void {
  const [, most = ''] = /^Max open files +\d+ +(\d+)/m.exec(readFileSync(`/proc/${pid()}/limits`, 'utf8')) ?? [];
  execFileSync('prlimit', ['--pid', pid(), `--nofile=${limit ?? most}:${most}`]);
}

/** Lets it open no more; also not in the place of what it closes. */
const allowNone = (): void => allowBelow(3);
const allowAll = (): void => allowBelow(undefined);

interface Answer {
  readonly status: number | undefined;
  readonly text: string;
}

/** Asks over the one connection of an agent. */
async function ask(agent: Agent, text: string, path = '/v1/chat/completions'): Promise<Answer> {
  const method = path.startsWith('/v1') ? 'POST' : 'GET';
  const request = startRequest(`${command.url}${path}`, { agent, method, headers: { 'content-type': 'application/json' } });
  request.end(method === 'GET' ? undefined : JSON.stringify({ model: 'claude-sonnet-4-5', messages: [{ role: 'user', content: text }] }));
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk as string;
  return { status: response.statusCode, text: body };
}

async function untilHandles(count: number): Promise<void> {
  await until(
    () => handles() <= count,
    () => `${count} handles, but there are ${handles()}`,
  );
}

async function expectCleanEnd(): Promise<void> {
  command.child.kill('SIGTERM');
  expect(await command.ended, command.output.stderr).toBe(0);
  expect(place.leftFiles()).toEqual([]);
}

test('callers who take all handles: others are turned away or wait, and are served once there is room', async () => {
  await serveAlone();
  const before = handles();
  allowBelow(before + 10);
  for (let count = 0; count < 40; count += 1) {
    const socket = connect(Number(new URL(command.url).port), '127.0.0.1').on('error', () => {});
    sockets.push(socket);
    await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  }
  await until(
    () => handles() >= before + 9,
    () => `all handles in use, but they are ${handles()} after ${before}`,
  );
  await fetch(`${command.url}/health`, { signal: AbortSignal.timeout(1000) }).then(
    (response) => expect(response.status).toBeGreaterThanOrEqual(500),
    (error: unknown) => expect(String(error)).toMatch(/fetch failed|timeout/),
  );
  for (const socket of sockets) socket.destroy();
  await untilHandles(before);
  allowAll();
  const agent = new Agent({ keepAlive: false });
  const answer = await ask(agent, 'hi');
  expect(answer, answer.text).toMatchObject({ status: 200 });
  await expectCleanEnd();
});

test('no handles for a process: an error, and the next request is fine', async () => {
  await serveAlone();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  expect(await ask(agent, 'connects', '/health')).toMatchObject({ status: 200 });
  const before = handles();
  allowNone();
  const refused = await ask(agent, 'hi');
  expect(refused, refused.text).toMatchObject({ status: 503 });
  expect(JSON.parse(refused.text)).toMatchObject({ error: { type: 'server_error', code: 'claude_unavailable' } });
  await untilHandles(before);
  allowAll();
  const answer = await ask(agent, 'hi again');
  expect(answer, answer.text).toMatchObject({ status: 200 });
  for (const started of command.startedPids()) process.kill(started, 'SIGKILL');
  await untilHandles(before);
  agent.destroy();
  await expectCleanEnd();
});

test('no handles for a process that is to wait: it is started later', async () => {
  await serve('--claude.min_idle_processes=1', '--claude.max_idle_processes=1');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const untilOneWaits = (): Promise<unknown> =>
    expect
      .poll(() => ask(agent, '', '/health'), { timeout: 40_000 })
      .toMatchObject({ text: expect.stringContaining('"idle":1') as string });
  await untilOneWaits();
  const before = handles();
  expect(command.output.stderr).toBe('');
  allowNone();
  for (const started of command.startedPids()) process.kill(started, 'SIGKILL');
  await until(() => command.output.stderr.includes('failed to start') || command.child.exitCode !== null, 'the warning');
  expect(command.output.stderr).toContain('a waiting CLI failed to start');
  expect(command.child.exitCode).toBeNull();
  allowAll();
  await untilOneWaits();
  await untilHandles(before);
  agent.destroy();
  await expectCleanEnd();
});
