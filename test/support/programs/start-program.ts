import { spawn } from 'node:child_process';
import { shortLivedCli } from '../cli/short-lived-cli.ts';
import { until } from '../until.ts';

/** A program that serves. */
export interface Program {
  readonly url: string;
  /** @returns Its exit code; null when a signal ended it. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
}

/**
 * Starts a program, until it says where it answers.
 *
 * @throws {Error} With what it said, when it does not.
 */
export async function startProgram(
  command: string,
  parameters: readonly string[],
  options: {
    readonly cwd: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly says?: RegExp;
    readonly withinMs?: number;
  },
): Promise<Program> {
  const { cwd, environment, says = /Claude answers at (http:\S+)\/v1/, withinMs = 60_000 } = options;
  const child = spawn(command, [...parameters], {
    cwd,
    env: { ...process.env, ...shortLivedCli, NO_PROXY: '127.0.0.1,localhost', HOME: cwd, PORT: '0', ...environment },
  });
  const ended = new Promise<number | null>((resolve) => void child.once('exit', resolve));
  const end = (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null) child.kill(signal);
    return ended;
  };
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => void (said += text));
  await until(
    () => says.test(said) || child.exitCode !== null,
    () => `the address: ${said}`,
    withinMs,
  ).catch(async (error: unknown) => {
    await end('SIGKILL');
    throw error;
  });
  const [, url] = says.exec(said) ?? [];
  if (url === undefined) throw new Error(`No address: ${said}`);
  return { url, end };
}
