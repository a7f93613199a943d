import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export type RememberingStorage =
  | { readonly driver: 'fs'; readonly path: string }
  | { readonly driver: 'redis'; readonly url: string; readonly keyPrefix: string };

/** Which part of a fleet it is. */
export interface RememberingPart {
  /** Absent: a machine that runs turns for servers. */
  readonly storage?: RememberingStorage;
  /** The file that names the machines, one a line. Absent: it runs the turns itself. */
  readonly machines?: string;
}

export interface RememberingServer {
  readonly url: string;
  /** What it has written to stderr. */
  readonly problems: readonly string[];
  /** Ends it at once; when it returns, the process is gone. More than once is the same as once. */
  kill(): Promise<void>;
  /** Ends it in order. */
  stop(): Promise<void>;
}

/**
 * Starts a bundled `remembering-server.ts`.
 *
 * @throws {Error} With what it said when it does not start.
 */
export async function startRememberingServer(script: string, part: RememberingPart): Promise<RememberingServer> {
  const child = spawn(process.execPath, [script, JSON.stringify(part)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  const problems: string[] = [];
  createInterface(child.stderr).on('line', (line) => problems.push(line));
  const url = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([line]) => String(line)),
    exited.then(() => {
      throw new Error(`The server has not started: ${problems.join('\n')}`);
    }),
  ]);
  async function end(signal: NodeJS.Signals): Promise<void> {
    child.kill(signal);
    await exited;
  }
  return { url, problems, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}
