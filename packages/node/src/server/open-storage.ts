import type { Logger } from '@claude-code-api/gateway';
import { createStores, type Driver, type Stores } from '@claude-code-api/gateway/stores';
import { defaultRedisUrl } from '../config/storage-schema.ts';
import type { Settings } from '../config/settings-schema.ts';
import { shareOf } from '../keys/share-of.ts';
import { createStorageBackend, type StorageBackendOptions } from '../storage/create-storage-backend.ts';

/**
 * Opens what is kept, as the settings say.
 *
 * @param driver In the place of what the settings say.
 */
export async function openStorage(settings: Settings, logger: Logger, driver: Driver | undefined): Promise<Stores> {
  const { storage, cache, conversation } = settings;
  const backend = await createStorageBackend(driver === undefined ? toBackendOptions(settings, logger) : { driver, logger });
  return createStores({
    backend,
    ttlMs: conversation.session_timeout_minutes * 60_000,
    maxBytes: storage.max_megabytes * 1_000_000,
    maxTenantBytes: shareOf(storage.max_megabytes * 1_000_000, settings),
    cache: {
      maxEntries: cache.max_entries,
      maxTenantEntries: Math.max(1, Math.floor(shareOf(cache.max_entries, settings))),
      maxBytes: cache.max_megabytes * 1_000_000,
      maxTenantBytes: shareOf(cache.max_megabytes * 1_000_000, settings),
      ttlSeconds: cache.ttl_seconds,
      adopt: storage.driver === 'fs',
    },
    logger,
  });
}

/** A server that is to end, while the next one starts, may take longer than its turns. */
const graceMs = 10_000;

function toBackendOptions({ storage, server }: Settings, logger: Logger): StorageBackendOptions {
  switch (storage.driver) {
    case 'memory':
      return { driver: 'memory', logger };
    case 'fs':
      return { driver: 'fs', path: storage.path, waitMs: server.shutdown_timeout_seconds * 1000 + graceMs, logger };
    case 'redis':
      return { driver: 'redis', url: storage.url ?? defaultRedisUrl, keyPrefix: storage.key_prefix, logger };
  }
}
