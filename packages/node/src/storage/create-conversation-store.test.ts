import { conversationStoreContract } from '@claude-code-api/gateway/testing';
import type { Logger } from '@claude-code-api/gateway';
import { describe, test } from 'vitest';
import lruCacheDriver from 'unstorage/drivers/lru-cache';
import memoryDriver from 'unstorage/drivers/memory';
import { createConversationStore, type StorageBackend } from '@claude-code-api/gateway/stores';
import { createStorageBackend, type StorageBackendOptions } from './create-storage-backend.ts';

const silent = (): void => {};
const silentLogger: Logger = { debug: silent, info: silent, warn: silent, error: silent };

const drivers: Record<string, () => StorageBackendOptions> = {
  memory: () => ({ driver: 'memory', logger: silentLogger }),
  'a given memory driver': () => ({ driver: memoryDriver(), logger: silentLogger }),
  'a given LRU cache': () => ({ driver: lruCacheDriver({ max: 1000 }), logger: silentLogger }),
};

for (const [name, options] of Object.entries(drivers)) {
  describe(`conversations in ${name}`, () => {
    let backend: StorageBackend;
    const create = async (more: { ttlMs?: number; maxBytes?: number; maxTenantBytes?: number }) => {
      backend = await createStorageBackend(options());
      return createConversationStore({ backend, ttlMs: 3_600_000, logger: silentLogger, ...more });
    };
    const contract = conversationStoreContract({
      create,
      createBounded: create,
      async damage(_tenant, id) {
        for (const key of await backend.storage.getKeys()) {
          if (key.includes(id) && !key.endsWith(':head')) await backend.storage.setItem(key, 'torn');
        }
      },
      destroy: (store) => 'close' in store && typeof store.close === 'function' && store.close(),
    });
    for (const check of contract) test(check.name, check.run);
  });
}
