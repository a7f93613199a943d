import { mkdir, mkdtemp, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/**
 * Makes a directory of its own in another, which is made too if need be, and removes again all that it has made.
 *
 * @throws {Error} When that can't be.
 */
export async function withProbeDirectory<Result>(path: string, use: (directory: string) => Promise<Result>): Promise<Result> {
  const outer = resolve(path);
  const firstMade = await mkdir(outer, { recursive: true, mode: 0o700 });
  try {
    const directory = await mkdtemp(join(outer, '.doctor-'));
    try {
      return await use(directory);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  } finally {
    if (firstMade !== undefined) await removeEmpty(outer, firstMade);
  }
}

/** From the innermost to the outermost; whoever uses one meanwhile keeps it. */
async function removeEmpty(innermost: string, outermost: string): Promise<void> {
  for (let directory = innermost; directory.length >= outermost.length; directory = dirname(directory)) {
    try {
      await rmdir(directory);
    } catch {
      return;
    }
  }
}
