import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = fileURLToPath(new URL('../../node_modules/.cache/runtimes/', import.meta.url));

/**
 * Brings a runtime of JavaScript from the npm registry, once; some 100 MB each, which is why they are no dependencies.
 *
 * @returns Where its command is.
 */
export async function installRuntime(name: 'bun' | 'deno' | 'workerd', version: string): Promise<string> {
  const directory = join(cache, `${name}-${version}`);
  const command = join(directory, 'node_modules/.bin', name);
  if (existsSync(command)) return command;
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), '{ "private": true }');
  await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', `${name}@${version}`], { cwd: directory, timeout: 300_000 });
  return command;
}
