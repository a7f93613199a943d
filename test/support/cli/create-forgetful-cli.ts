import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CliInstallation } from '@claude-code-api/node';

/** A CLI that takes no earlier answers over its protocol: the real one behind a script that drops those lines of its input. */
export async function createForgetfulCli(directory: string, cli: CliInstallation): Promise<CliInstallation> {
  const path = join(directory, 'claude');
  const script = `#!${process.execPath}
const { spawn } = require('node:child_process');
const { createInterface } = require('node:readline');
const child = spawn(${JSON.stringify(cli.path)}, process.argv.slice(2), { stdio: ['pipe', 'inherit', 'inherit'] });
child.on('exit', (code) => process.exit(code ?? 1));
child.stdin.on('error', () => {});
createInterface({ input: process.stdin, crlfDelay: Infinity })
  .on('line', (line) => { if (JSON.parse(line).type !== 'assistant') child.stdin.write(line + '\\n'); })
  .on('close', () => child.stdin.end());
`;
  await writeFile(path, script);
  await chmod(path, 0o700);
  return { ...cli, path };
}
