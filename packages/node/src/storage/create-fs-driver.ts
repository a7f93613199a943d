import { randomUUID } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Driver } from 'unstorage';
import { lockName } from './lock-holder.ts';

const temporaryName = '.tmp';

/** How often a write makes its directory again that a removal has just taken for empty. */
const maxAttempts = 10;

/**
 * An unstorage driver for files that only their owner may read. A record is written to a temporary file that is then renamed:
 * readers see the old one or the new one, also after the process was killed. It does not wait for the disk (no fsync), so a
 * power failure may lose or empty what was written last.
 */
export async function createFsDriver(path: string): Promise<Driver> {
  const base = resolve(path);
  const temporaryDirectory = join(base, temporaryName);
  // What a killed process has left there.
  await rm(temporaryDirectory, { recursive: true, force: true });
  await mkdir(temporaryDirectory, { recursive: true, mode: 0o700 });

  function toPath(key: string): string {
    const parts = key.split(':');
    if (
      parts.some(
        (part) => part === '' || part === '.' || part === '..' || part === temporaryName || part === lockName || /[/\\\0]/.test(part),
      )
    ) {
      throw new Error('The key does not make a path.');
    }
    return join(base, ...parts);
  }

  async function moveTo(file: string, temporary: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      try {
        return await rename(temporary, file);
      } catch (error) {
        if (!isMissing(error) || attempt === maxAttempts) throw error;
      }
    }
  }

  async function removeEmptyDirectories(directory: string): Promise<void> {
    for (let empty = directory; empty !== base && empty.startsWith(base); empty = dirname(empty)) {
      try {
        await rmdir(empty);
      } catch {
        return;
      }
    }
  }

  return {
    name: 'atomic-fs',
    hasItem: (key) =>
      access(toPath(key)).then(
        () => true,
        () => false,
      ),
    getItem: (key) => orNull(readFile(toPath(key), 'utf8')),
    async setItem(key, value) {
      const file = toPath(key);
      const temporary = join(temporaryDirectory, randomUUID());
      try {
        await writeFile(temporary, value, { mode: 0o600 });
        await moveTo(file, temporary);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
    async removeItem(key) {
      const file = toPath(key);
      await orNull(unlink(file));
      await removeEmptyDirectories(dirname(file));
    },
    async getKeys(keyBase = '') {
      const directory = join(base, ...keyBase.split(':').filter((part) => part !== '' && part !== '.' && part !== '..'));
      const entries = (await orNull(readdir(directory, { recursive: true, withFileTypes: true }))) ?? [];
      return entries
        .filter((entry) => entry.isFile() && entry.name !== lockName && !entry.parentPath.startsWith(temporaryDirectory))
        .map((entry) => relative(base, join(entry.parentPath, entry.name)).split(sep).join(':'));
    },
  };
}

async function orNull<Value>(promise: Promise<Value>): Promise<Value | null> {
  try {
    return await promise;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
