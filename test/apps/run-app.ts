import { execFile } from 'node:child_process';

export interface RunAppOptions {
  readonly directory: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface RanApp {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs an app's command to its end, in a home of its own, with nothing to read. */
export function runApp(command: string, parameters: readonly string[], { directory, environment = {} }: RunAppOptions): Promise<RanApp> {
  const env = { PATH: process.env['PATH'], HOME: directory, TMPDIR: directory, NO_PROXY: '127.0.0.1', NO_COLOR: '1', ...environment };
  return new Promise((resolve) => {
    const child = execFile(command, parameters, { cwd: directory, env, timeout: 150_000 }, (_, stdout, stderr) =>
      resolve({ exitCode: child.exitCode ?? -1, stdout, stderr }),
    );
    child.stdin?.end();
  });
}
