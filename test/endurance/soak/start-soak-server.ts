import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { childProcesses } from '../../support/cli/child-processes.ts';
import { newestCli } from '../../support/cli/cli-versions.ts';
import { shortLivedCli } from '../../support/cli/short-lived-cli.ts';
import { makeTemporaryDirectory } from '../../support/make-temporary-directory.ts';
import { builtCommand } from '../../support/servers/built-command.ts';
import { until } from '../../support/until.ts';
import type { Measure } from './problems/measure.ts';

export interface SoakServer {
  readonly url: string;
  readonly pid: number;
  /** @throws {Error} When it does not say within 20 seconds. */
  measure(): Promise<Measure>;
  /** The end of what it has said. */
  log(): string;
  /** Ends it as an operator does, by force when that takes longer than 15 seconds. Calling it again gives the same. */
  close(): Promise<Closed>;
}

export interface Closed {
  /** Null when it had to be forced. */
  readonly exitCode: number | null;
  readonly leftFiles: readonly string[];
  /** The commands of processes that lived on; they are ended now. */
  readonly leftProcesses: readonly string[];
}

/** So many processes wait for new conversations, when all is quiet. */
export const idleProcesses = 2;

const settings = {
  'server.port': '0',
  'log.level': 'warn',
  'claude.command': newestCli.path,
  'claude.min_idle_processes': String(idleProcesses),
  'claude.max_idle_processes': String(idleProcesses),
  'claude.max_live_processes': '4',
  'claude.live_process_idle_seconds': '2',
  'claude.max_concurrent_sessions': '4',
  'claude.timeout_seconds': '30',
  'claude.first_event_timeout_seconds': '25',
  'claude.max_retries': '1',
  // What is kept comes to an end within the soak.
  'conversation.session_timeout_minutes': '1',
  'cache.max_entries': '20',
};
const startMs = 60_000;
const stopMs = 15_000;

/** Starts the real command, in a process and a directory of its own, with settings of its own beside those of all. It can be asked what it holds. */
export async function startSoakServer(mockUrl: string, own: Readonly<Record<string, string>> = {}): Promise<SoakServer> {
  const directory = await makeTemporaryDirectory();
  const temporary = join(directory, 'tmp');
  mkdirSync(temporary);
  const probe = new URL('tell-measures.js', import.meta.url).href;
  const flags = Object.entries({ ...settings, ...own }).map(([key, value]) => `--${key}=${value}`);
  const child = spawn(process.execPath, ['--expose-gc', '--import', probe, builtCommand(), ...flags], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...shortLivedCli,
      PATH: process.env['PATH'],
      HOME: directory,
      TMPDIR: temporary,
      ANTHROPIC_API_KEY: 'sk-ant-test-key',
      ANTHROPIC_BASE_URL: mockUrl,
    },
  });
  let output = '';
  let url: string | undefined;
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-20_000);
      url ??= /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
    });
  }
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const pid = child.pid!;
  // However this process ends, nothing of the server's lives on.
  const kill = (): void => {
    child.kill('SIGKILL');
    killLeft(temporary);
  };
  process.once('exit', kill);

  async function end(): Promise<Closed> {
    if (!isOver()) child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), stopMs);
    await ended;
    clearTimeout(force);
    process.off('exit', kill);
    const leftProcesses = killLeft(temporary);
    const leftFiles = filesIn(temporary);
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    return { exitCode: child.exitCode, leftFiles, leftProcesses };
  }

  let closing: Promise<Closed> | undefined;
  const close = (): Promise<Closed> => (closing ??= end());
  try {
    await until(() => url !== undefined || isOver(), 'the server to start', startMs);
    if (url === undefined) throw new Error('The server has ended.');
  } catch (error) {
    await close();
    throw new Error(`The server does not start: ${output}`, { cause: error });
  }
  return {
    url,
    pid,
    close,
    log: () => output.slice(-3000),
    async measure() {
      const told = once(child, 'message', { signal: AbortSignal.timeout(20_000) });
      child.send('measure');
      const [held] = (await told) as [Pick<Measure, 'heapBytes' | 'residentBytes' | 'handles'>];
      return {
        ...held,
        openFiles: readdirSync(`/proc/${pid}/fd`).length,
        processes: childProcesses(pid).length,
        temporaryFiles: filesIn(temporary),
      };
    },
  };
}

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' });
}

/** Whatever was started with that place for temporary files, by the server or by a CLI. */
function killLeft(temporary: string): string[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      if (!/^\d+$/.test(name) || !readFileSync(`/proc/${name}/environ`, 'latin1').includes(temporary)) return [];
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      process.kill(Number(name), 'SIGKILL');
      return [command];
    } catch {
      // It has ended in the meantime, or is another user's.
      return [];
    }
  });
}
