import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startMockAnthropic, toolUseReply, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { bundleForNode } from '../support/programs/bundle-for-node.ts';
import { childProcesses, isAlive, type ChildProcessInfo } from '../support/cli/child-processes.ts';
import { newestCli } from '../support/cli/cli-versions.ts';
import { makeTemporaryDirectory } from '../support/make-temporary-directory.ts';
import { mockEnvironment } from '../support/cli/mock-environment.ts';
import { until } from '../support/until.ts';

const here = createRequire(import.meta.url);
const mcpProgram = join(dirname(here.resolve('@modelcontextprotocol/server-everything/package.json')), 'dist', 'index.js');

const call = { id: 'toolu_wait', name: 'Bash', input: { command: `node -e 'setInterval(String, 77777)'` } };

let directory: string;
let temporary: string;
let mock: MockAnthropic;
beforeAll(async () => {
  directory = await makeTemporaryDirectory();
  temporary = join(directory, 'tmp');
  await mkdir(temporary);
  mock = await startMockAnthropic();
  await bundleForNode(fileURLToPath(new URL('sudden-end-runner.ts', import.meta.url)), join(directory, 'runner.mjs'));
});
afterAll(async () => {
  await mock.close();
  await rm(directory, { recursive: true, force: true });
});
beforeEach(() => {
  mock.reset();
  mock.replyWith(() => toolUseReply([call]));
});

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGTERM');
});

/** All that a process has started, and that these have. */
function descendantsOf(pid: number | undefined): ChildProcessInfo[] {
  return childProcesses(pid ?? 0).flatMap((child) => [child, ...descendantsOf(child.pid)]);
}

/** A runner in a process of its own, in the midst of a turn whose tool runs, and all that it has started. */
async function startWorking(): Promise<{ readonly child: ChildProcess; readonly started: readonly number[] }> {
  // A home of its own: what a shell does there at its start must not be cut in the midst.
  const told = { cli: newestCli, environment: { ...mockEnvironment(mock.url), HOME: directory }, mcpProgram };
  const child = spawn(process.execPath, [join(directory, 'runner.mjs'), JSON.stringify(told)], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  children.push(child);
  const ofKind = (text: string): number => descendantsOf(child.pid).filter(({ command }) => command.includes(text)).length;
  await until(
    () => ofKind('setInterval(String, 77777)') > 0 && ofKind(mcpProgram) > 0 && ofKind('--input-format stream-json') === 2,
    () => `two CLIs, a tool and a server at work, but there are ${JSON.stringify(descendantsOf(child.pid))}`,
    30_000,
  );
  return { child, started: descendantsOf(child.pid).map(({ pid }) => pid) };
}

async function expectNoneLeft(started: readonly number[]): Promise<void> {
  await until(
    () => !started.some(isAlive),
    () => `left alive: ${started.filter(isAlive).join(', ')}`,
  );
}

test.each([
  ['process.exit', 'exit', 3],
  ['an uncaught error', 'throw', 1],
])('a server that ends by %s takes with it all that it has started, and its files', async (_, word, code) => {
  const { child, started } = await startWorking();
  const ended = once(child, 'exit');
  child.stdin?.write(word);
  expect(await ended).toEqual([code, null]);
  await expectNoneLeft(started);
  expect(await readdir(temporary)).toEqual([]);
});

test('a server that is killed leaves files and an agent at work, which the next one throws away', async () => {
  const { child, started } = await startWorking();
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  const left = await readdir(temporary);
  expect(left).toHaveLength(1);
  const next = await startWorking();
  await expectNoneLeft(started);
  expect(await readdir(temporary)).not.toContain(left[0]);
  const nextEnded = once(next.child, 'exit');
  next.child.stdin?.write('exit');
  await nextEnded;
  expect(await readdir(temporary)).toEqual([]);
});

test('a CLI that is killed takes with it the commands that it runs', async () => {
  const { started } = await startWorking();
  const agent = started.find((pid) => childProcesses(pid).length > 0) ?? 0;
  const [command = 0] = childProcesses(agent).flatMap(({ pid, command: text }) => (text.includes('77777') ? [pid] : []));
  expect(isAlive(command)).toBe(true);
  process.kill(agent, 'SIGKILL');
  await expectNoneLeft([agent, command]);
});
