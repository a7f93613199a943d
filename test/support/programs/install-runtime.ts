import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = fileURLToPath(new URL('../../../node_modules/.cache/runtimes/', import.meta.url));

/**
 * Brings a runtime of JavaScript from the npm registry, once; some 100 MB each, which is why they are no dependencies.
 *
 * @returns Where its command is.
 */
export async function installRuntime(name: 'bun' | 'deno' | 'node' | 'workerd', version: string): Promise<string> {
  const directory = join(cache, `${name}-${version}`);
  const command = join(directory, 'node_modules/.bin', name);
  if (existsSync(command)) return command;
  mkdirSync(cache, { recursive: true });
  // Beside it at first: several files of tests may do so at a time, and none is to use half of it.
  const making = mkdtempSync(join(cache, 'making-'));
  writeFileSync(join(making, 'package.json'), '{ "private": true }');
  await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', `${name}@${version}`], { cwd: making, timeout: 300_000 });
  try {
    renameSync(making, directory);
  } catch (error) {
    rmSync(making, { recursive: true });
    if (!existsSync(command)) throw error;
  }
  return command;
}
