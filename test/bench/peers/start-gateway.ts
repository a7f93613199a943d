import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createProcessMemory } from '../../../packages/node/src/runner/process/process-memory.ts';
import { childProcesses } from '../../support/cli/child-processes.ts';
import { newestCli } from '../../support/cli/cli-versions.ts';
import { freePort } from '../../support/servers/free-port.ts';
import type { Installed } from './gateways.ts';

export interface RunningGateway {
  readonly url: string;
  /** What it and all that it has started hold, in bytes. */
  memory(): Promise<number>;
  close(): Promise<void>;
}

const longestStartMs = 30_000;
const memoryOf = createProcessMemory();

/**
 * Starts a gateway in a home directory of its own, with the same CLI on its path and the same API behind that as all others.
 *
 * @throws {Error} When it does not answer in time.
 */
export async function startGateway(installed: Installed, apiUrl: string): Promise<RunningGateway> {
  const home = mkdtempSync(join(tmpdir(), 'bench-peer-'));
  const cli = join(home, 'claude');
  symlinkSync(newestCli.path, cli);
  const port = await freePort();
  const child = spawn(installed.command, [...installed.arguments(port)], {
    cwd: home,
    detached: true,
    stdio: 'ignore',
    env: {
      ...{ PATH: `${home}${delimiter}${process.env['PATH']}`, HOME: home },
      ...{ ANTHROPIC_API_KEY: 'sk-ant-bench-key', ANTHROPIC_BASE_URL: apiUrl, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' },
      ...installed.environment?.(port, cli),
    },
  });
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;

  /** Nothing is left of it, however this ends. */
  function onExit(): void {
    for (const pid of treeOf(child.pid ?? 0)) kill(pid);
    rmSync(home, { recursive: true, force: true });
  }
  process.once('exit', onExit);

  async function close(): Promise<void> {
    process.off('exit', onExit);
    const all = treeOf(child.pid ?? 0);
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(3000)]);
    for (const pid of all) kill(pid);
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }

  for (const begin = performance.now(); !(await answers(url)); await sleep(100)) {
    if (performance.now() - begin < longestStartMs && child.exitCode === null) continue;
    await close();
    throw new Error(child.exitCode === null ? 'It does not answer.' : `It ended with code ${child.exitCode}.`);
  }
  return {
    url,
    async memory() {
      const each = await Promise.all(treeOf(child.pid ?? 0).map((pid) => memoryOf.measure(pid)));
      return each.reduce((sum, bytes) => sum + bytes, 0);
    },
    close,
  };
}

function treeOf(pid: number): number[] {
  return [pid, ...childProcesses(pid).flatMap((child) => treeOf(child.pid))];
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/v1/models`).then(
    ({ ok }) => ok,
    () => false,
  );
}
