import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = fileURLToPath(new URL('../../node_modules/.cache/apps/', import.meta.url));

/** Installs an npm package by itself, or with others that it needs, unless it is there; gives the path of its command. */
export async function installPackage(name: string, version: string, command: string, others: readonly string[] = []): Promise<string> {
  const directory = join(cache, `${name.replaceAll('/', '_')}-${version}`);
  const stamp = join(directory, 'installed');
  if (!existsSync(stamp)) {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'package.json'), '{"private":true}');
    await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', `${name}@${version}`, ...others], {
      cwd: directory,
      timeout: 1_200_000,
    });
    await writeFile(stamp, '');
  }
  return join(directory, 'node_modules', '.bin', command);
}
