import { randomUUID } from 'node:crypto';
import type { Logger } from '@claude-code-api/gateway';
import { createStorage, normalizeKey, prefixStorage, type Storage } from 'unstorage';
import * as z from 'zod';
import { createRedisQuotaStore } from './quotas/create-redis-quota-store.ts';
import { createStoredQuotaStore } from './quotas/create-stored-quota-store.ts';
import { createFsDriver } from './local/create-fs-driver.ts';
import { createLocalRecords } from './local/create-local-records.ts';
import { createRedisRecords } from './redis/create-redis-records.ts';
import { lockDirectory } from './local/lock-directory.ts';
import { openRedis } from './redis/open-redis.ts';
import { defaultKeyPrefix } from './redis/redis-keys.ts';
import type { StorageBackend } from './storage-backend.ts';
import type { Driver } from './unstorage-types.ts';

const secretRecord = z.object({ secret: z.string().min(1) });

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
    const keyPrefix = normalizeKey(options.keyPrefix ?? defaultKeyPrefix);
    const redis = await openRedis({ url: options.url, keyPrefix, logger });
    const records = createRedisRecords({ ready: redis.ready, keyPrefix, noun: 'conversation', logger });
    const quotas = createRedisQuotaStore({ ready: redis.ready, keyPrefix, logger });
    const responses = createRedisRecords({ ready: redis.ready, keyPrefix: `${keyPrefix}:responses`, noun: 'response', logger });
    const secret = async (): Promise<string> => {
      const client = await redis.ready();
      await client.set(`${keyPrefix}:secret`, newSecret(), 'NX');
      return String(await client.get(`${keyPrefix}:secret`));
    };
    return { storage: createStorage({ driver: redis.driver }), records, responses, secret, quotas, close: async () => redis.close() };
  }
  const unlock = options.driver === 'fs' ? await lockDirectory(options.path, { waitMs: options.waitMs ?? 0, logger }) : undefined;
  const storage = await openLocal(options).catch(async (error: unknown) => {
    await unlock?.();
    throw error;
  });
  const quotas = createStoredQuotaStore({ storage, logger });
  return {
    storage,
    records: createLocalRecords({ storage, noun: 'conversation', logger }),
    responses: createLocalRecords({ storage: prefixStorage(storage, 'responses'), noun: 'response', logger }),
    secret: () => localSecret(storage),
    quotas,
    async close() {
      await quotas.close();
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

function newSecret(): string {
  return randomUUID() + randomUUID();
}

/** This process alone has the place. */
async function localSecret(storage: Storage): Promise<string> {
  const stored: unknown = await storage.getItem('secret');
  const { data: present } = secretRecord.safeParse(stored);
  if (present !== undefined) return present.secret;
  const secret = newSecret();
  await storage.setItem('secret', { secret });
  return secret;
}
