import { responseStoreContract } from '@claude-code-api/gateway/testing';
import type { Logger } from '@claude-code-api/gateway';
import { describe, expect, test } from 'vitest';
import lruCacheDriver from 'unstorage/drivers/lru-cache';
import memoryDriver from 'unstorage/drivers/memory';
import { createStorageBackend, type StorageBackendOptions } from './create-storage-backend.ts';
import { createResponseStore, type StoredResponses } from '@claude-code-api/gateway/stores';

const silent = (): void => {};
const logger: Logger = { debug: silent, info: silent, warn: silent, error: silent };

const drivers: Record<string, () => StorageBackendOptions> = {
  memory: () => ({ driver: 'memory', logger }),
  'a given memory driver': () => ({ driver: memoryDriver(), logger }),
  'a given LRU cache': () => ({ driver: lruCacheDriver({ max: 1000 }), logger }),
};

async function open(options: StorageBackendOptions, more: object = {}): Promise<StoredResponses> {
  return createResponseStore({ backend: await createStorageBackend(options), ttlMs: 3_600_000, logger, ...more });
}

for (const [name, options] of Object.entries(drivers)) {
  describe(`responses in ${name}`, () => {
    const contract = responseStoreContract({ create: async (_count, more) => [await open(options(), more)], sharing: 1 });
    for (const check of contract) test(check.name, check.run);
  });
}

const response = (id: string, length = 1000): Parameters<StoredResponses['create']>[1] => ({
  id,
  told: {},
  input: [{ content: 'x'.repeat(length) }],
});

describe('a bounded store of responses', () => {
  test("lets the tenant's own go that expire soonest, and nobody else's", async () => {
    const store = await open({ driver: 'memory', logger }, { maxBytes: 100_000, maxTenantBytes: 5000 });
    await store.create('them', response('resp_theirs'));
    for (let count = 0; count < 8; count += 1) await store.create('me', response(`resp_${count}`));
    expect(await store.read('me', 'resp_0')).toBeUndefined();
    expect(await store.read('me', 'resp_7')).toBeDefined();
    expect(await store.read('them', 'resp_theirs')).toBeDefined();
  });

  test('takes none that is larger than a share', async () => {
    const store = await open({ driver: 'memory', logger }, { maxBytes: 100_000, maxTenantBytes: 5000 });
    await expect(store.create('me', response('resp_1', 6000))).rejects.toMatchObject({ status: 413, code: 'response_too_large' });
    expect(await store.read('me', 'resp_1')).toBeUndefined();
  });

  test('reads nothing of one that is damaged', async () => {
    const backend = await createStorageBackend({ driver: 'memory', logger });
    const store = createResponseStore({ backend, ttlMs: 1000, logger });
    await store.create('me', response('resp_1'));
    for (const key of await backend.storage.getKeys()) await backend.storage.setItem(key, 'torn');
    expect(await store.read('me', 'resp_1')).toBeUndefined();
    expect(await store.readInput('me', 'resp_1')).toBeUndefined();
  });
});

test('the secret of a place is made once', async () => {
  const driver = memoryDriver();
  const secret = await (await createStorageBackend({ driver, logger })).secret();
  expect(secret).toHaveLength(72);
  expect(await (await createStorageBackend({ driver, logger })).secret()).toBe(secret);
});
