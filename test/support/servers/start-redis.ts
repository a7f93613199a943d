import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { makeTemporaryDirectory } from '../make-temporary-directory.ts';

export interface TestRedis {
  readonly url: string;
  /** Ends the process in order. */
  stop(): Promise<void>;
  /** Starts it again on the same port, with what it has kept by its flags. */
  start(): Promise<void>;
  /** Holds the process: it stays connected and answers nothing. */
  pause(): void;
  resume(): void;
  /** Ends the process at once; it can be started again. */
  crash(): Promise<void>;
  /** Ends the process at once, for good. */
  kill(): Promise<void>;
}

/**
 * Starts a Redis server of its own on a free port.
 *
 * @param flags More for its command line. Default: it keeps nothing when it ends.
 * @throws {Error} When there is no `redis-server` on the PATH.
 */
export async function startRedis(flags: readonly string[] = []): Promise<TestRedis> {
  const port = await freePort();
  const directory = await makeTemporaryDirectory();
  let server = await launch(port, directory, flags);

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill(signal);
    // Whoever is held must go on to end.
    server.kill('SIGCONT');
    await ended;
  }

  return {
    url: `redis://127.0.0.1:${port}`,
    stop: () => end('SIGTERM'),
    crash: () => end('SIGKILL'),
    async start() {
      server = await launch(port, directory, flags);
    },
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    async kill() {
      await end('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function launch(port: number, directory: string, flags: readonly string[]): Promise<ChildProcess> {
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory, ...flags];
  const server = spawn('redis-server', options, { stdio: 'ignore' });
  const failed = once(server, 'error').then(([error]) => {
    throw new Error('There is no redis-server on the PATH: apt-get install redis-server', { cause: error });
  });
  try {
    await Promise.race([failed, answers(port)]);
  } catch (error) {
    server.kill('SIGKILL');
    throw error;
  }
  failed.catch(() => {});
  return server;
}

async function answers(port: number): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch {
      await wait(20);
    } finally {
      socket.destroy();
    }
  }
  throw new Error('The Redis server does not answer.');
}
