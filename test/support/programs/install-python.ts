import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const uvVersion = '0.13.9';
const cache = fileURLToPath(new URL('../../../node_modules/.cache/', import.meta.url));

/** Why no Python clients can be run; undefined when they can. */
export function problemWithPython(): string | undefined {
  try {
    const code = 'import ensurepip, sys, venv; sys.exit(0 if sys.version_info >= (3, 10) else 3)';
    execFileSync('python3', ['-c', code], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'there is no python3 >= 3.10 with venv on this machine.';
  }
}

/**
 * Installs what a file of requirements names in a virtual environment of its own, the Python of which it gives; one that has just that is used
 * again.
 *
 * @param name Of the environment's directory.
 */
export async function installPython(name: string, requirements: string): Promise<string> {
  const environment = join(cache, name);
  const python = join(environment, 'bin', 'python');
  const wanted = await readFile(requirements, 'utf8');
  const stamp = join(environment, 'installed-requirements.txt');
  if (existsSync(stamp) && existsSync(python) && (await readFile(stamp, 'utf8')) === wanted) return python;
  const uv = await installUv();
  await rm(environment, { recursive: true, force: true });
  await run(uv, ['venv', '--quiet', '--python', 'python3', environment]);
  await run(uv, ['pip', 'install', '--quiet', '--python', python, '-r', requirements], { timeout: 540_000 });
  await writeFile(stamp, wanted);
  return python;
}

/** Brings uv, which installs with a tenth of the CPU time that pip takes. */
async function installUv(): Promise<string> {
  const environment = join(cache, `uv-${uvVersion}`);
  const uv = join(environment, 'bin', 'uv');
  if (existsSync(uv)) return uv;
  await mkdir(cache, { recursive: true });
  await run('python3', ['-m', 'venv', environment]);
  const wanted = ['--quiet', '--disable-pip-version-check', `uv==${uvVersion}`];
  await run(join(environment, 'bin', 'python'), ['-m', 'pip', 'install', ...wanted], { timeout: 540_000 });
  return uv;
}
