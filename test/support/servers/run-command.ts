import { execFile } from 'node:child_process';
import { shortLivedCli } from '../cli/short-lived-cli.ts';
import { builtCommand } from './built-command.ts';

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as it is installed, in a directory that is its home and has its temporary files, until it ends; within a minute. */
export function runCommand(
  parameters: readonly string[],
  directory: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const env = { ...shortLivedCli, PATH: process.env['PATH'], HOME: directory, TMPDIR: directory, ...environment };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [builtCommand(), ...parameters],
      { cwd: directory, env, timeout: 60_000 },
      (_, stdout, stderr) => {
        resolve({ exitCode: child.exitCode ?? -1, stdout, stderr });
      },
    );
  });
}
