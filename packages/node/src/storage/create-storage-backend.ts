import type { Logger } from '@claude-code-api/gateway';
import {
  createLocalBackend,
  createRedisBackend,
  defaultKeyPrefix,
  type Driver,
  type StorageBackend,
} from '@claude-code-api/gateway/stores';
import { createStorage, normalizeKey, type Storage } from 'unstorage';
import { createFsDriver } from './create-fs-driver.ts';
import { lockDirectory } from './lock-directory.ts';
import { openRedis } from './open-redis.ts';

/** Which place to store things in. */
export type StorageBackendOptions = { readonly logger: Logger } & (
  | { readonly driver: 'memory' }
  /** A directory, made if need be, for one process at a time; the longest wait for another that has it is by default 0. */
  | { readonly driver: 'fs'; readonly path: string; readonly waitMs?: number }
  /** Redis at `redis://` or `rediss://`, for any number of servers. Default prefix of all keys: `claude-code-api`. */
  | { readonly driver: 'redis'; readonly url: string; readonly keyPrefix?: string }
  /** Any driver of unstorage; what it stores is for this process alone. */
  | { readonly driver: Driver }
);

/**
 * Opens a place to store things in. Redis need not be there yet; it is not even loaded where it is not asked for.
 *
 * @throws {Error} When another process uses the directory.
 */
export async function createStorageBackend(options: StorageBackendOptions): Promise<StorageBackend> {
  const { driver, logger } = options;
  if (driver === 'redis') {
    const redis = await openRedis({ url: options.url, logger });
    const backend = createRedisBackend({ command: redis.command, keyPrefix: normalizeKey(options.keyPrefix ?? defaultKeyPrefix), logger });
    return { ...backend, close: async () => redis.close() };
  }
  const unlock = options.driver === 'fs' ? await lockDirectory(options.path, { waitMs: options.waitMs ?? 0, logger }) : undefined;
  const storage = await openLocal(options).catch(async (error: unknown) => {
    await unlock?.();
    throw error;
  });
  const backend = createLocalBackend({ storage, logger });
  return {
    ...backend,
    async close() {
      await backend.close();
      await storage.dispose();
      await unlock?.();
    },
  };
}

async function openLocal(options: Exclude<StorageBackendOptions, { readonly driver: 'redis' }>): Promise<Storage> {
  // Unstorage's own choice where it is given no driver.
  if (options.driver === 'memory') return createStorage();
  return createStorage({ driver: options.driver === 'fs' ? await createFsDriver(options.path) : options.driver });
}
