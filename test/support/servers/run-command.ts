import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const bin = join(root, 'packages/node/dist/bin.js');

/** Runs the command as it is installed, in a directory that is its home and has its temporary files, until it ends; within a minute. */
export function runCommand(
  parameters: readonly string[],
  directory: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  if (!existsSync(bin)) execFileSync('npx', ['tsc', '-b', 'packages/gateway', 'packages/node'], { cwd: root });
  const env = { PATH: process.env['PATH'], HOME: directory, TMPDIR: directory, ...environment };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [bin, ...parameters], { cwd: directory, env, timeout: 60_000 }, (_, stdout, stderr) => {
      resolve({ exitCode: child.exitCode ?? -1, stdout, stderr });
    });
  });
}
