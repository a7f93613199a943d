import type { Settings } from '../config/settings-schema.ts';
import { type CheckResult, messageOf } from './check-result.ts';
import { statfs } from 'node:fs/promises';
import { createStorageBackend } from '../storage/create-storage-backend.ts';
import { createNoteLogger, type Note } from './note-logger.ts';
import { withProbeDirectory } from './with-probe-directory.ts';
import { createRedisBackend, type Storage } from '@claude-code-api/gateway/stores';
import { defaultRedisUrl } from '../config/storage-schema.ts';
import { openRedis } from '../storage/open-redis.ts';
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

/** It goes by itself where a storage can do that, should the doctor be ended meanwhile. */
const ttlSeconds = 60;

/** Whether conversations and cached answers can be kept where they should be. */
export async function checkStorage({ storage }: Settings): Promise<CheckResult> {
  switch (storage.driver) {
    case 'memory':
      return { status: 'ok', what: 'in memory: conversations go when the server ends' };
    case 'fs':
      return checkFileStorage(storage);
    case 'redis':
      return checkRedis(storage);
  }
}

/** Whether files can be stored, in a directory of its own: another server may use the one around it. */
async function checkFileStorage({ path, max_megabytes: maxMegabytes }: Settings['storage']): Promise<CheckResult> {
  try {
    const freeMegabytes = await withProbeDirectory(path, async (directory) => {
      const backend = await createStorageBackend({ driver: 'fs', path: directory, logger: createNoteLogger().logger });
      try {
        await tryStorage(backend.storage);
      } finally {
        await backend.close();
      }
      const { bavail, bsize } = await statfs(directory);
      return Math.floor((bavail * bsize) / 1_000_000);
    });
    const what = `files in ${path}: written, read and deleted; ${freeMegabytes} MB are free on that disk`;
    if (freeMegabytes >= maxMegabytes) return { status: 'ok', what };
    return {
      status: 'warn',
      what,
      advice: `Conversations may take ${maxMegabytes} MB: make room, or lower storage.max_megabytes.`,
    };
  } catch (error) {
    return {
      status: 'fail',
      what: `files in ${path}: ${messageOf(error)}`,
      advice: 'Let the user that runs the server write there, make room, or name another directory in storage.path.',
    };
  }
}

/** Whether Redis is there, and takes records. */
async function checkRedis({ url = defaultRedisUrl, key_prefix: keyPrefix }: Settings['storage']): Promise<CheckResult> {
  const { logger, notes } = createNoteLogger();
  const { host, pathname } = new URL(url);
  const place = `${host}${pathname}`;
  const redis = await openRedis({ url, logger });
  try {
    await redis.command('PING');
    const begin = performance.now();
    await redis.command('PING');
    const tookMs = (performance.now() - begin).toFixed(1);
    await tryStorage(createRedisBackend({ command: redis.command, keyPrefix }).storage);
    // Some operators allow no INFO.
    const version =
      /^redis_version:(\S+)/m.exec(String(await redis.command('INFO', 'server').catch(() => '')))?.[1] ?? 'of an unknown version';
    return { status: 'ok', what: `Redis ${version} at ${place} answers in ${tookMs} ms: written, read and deleted` };
  } catch (error) {
    return {
      status: 'fail',
      what: `Redis at ${place}: ${[messageOf(error), ...reasons(notes)].join(' ')}`,
      advice: 'Start Redis there, or say in storage.url where it is, with the user and password that it wants.',
    };
  } finally {
    redis.close();
  }
}

function reasons(notes: readonly Note[]): string[] {
  return notes.flatMap(({ fields }) => (fields['error'] === undefined ? [] : [`(${messageOf(fields['error'])})`])).slice(0, 1);
}

/**
 * Writes a record, reads it back and deletes it.
 *
 * @throws {Error} When something of it fails.
 */
async function tryStorage(storage: Storage): Promise<void> {
  const id = randomUUID();
  const key = `doctor:${id}`;
  await storage.setItem(key, { id }, { ttl: ttlSeconds });
  const read: unknown = await storage.getItem(key);
  await storage.removeItem(key);
  if (!isDeepStrictEqual(read, { id })) throw new Error('What was written was not what was read.');
}
