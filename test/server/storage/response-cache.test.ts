import { rm } from 'node:fs/promises';
import type { CachedAnswer } from '@claude-code-api/gateway';
import { responseCacheContract } from '@claude-code-api/gateway/testing';
import { createResponseCache, type StorageBackend } from '@claude-code-api/gateway/stores';
import { createStorageBackend } from '@claude-code-api/node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeTemporaryDirectory } from '../../support/make-temporary-directory.ts';
import { silentLogger } from '../../support/silent-logger.ts';
import { startRedis, type TestRedis } from '../../support/servers/start-redis.ts';

const answer: CachedAnswer = { storedAt: 1000, events: [{ type: 'turn-end', reason: 'end_turn' }] };
const limits = { logger: silentLogger, maxEntries: 10, ttlSeconds: 60 };

const opened: StorageBackend[] = [];
const directories: string[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((backend) => backend.close()));
  await Promise.all(directories.splice(0).map((directory) => rm(directory, { recursive: true })));
});

async function newDirectory(): Promise<string> {
  const directory = await makeTemporaryDirectory();
  directories.push(directory);
  return directory;
}

async function keepOpen(opening: Promise<StorageBackend>): Promise<StorageBackend> {
  const backend = await opening;
  opened.push(backend);
  return backend;
}

describe('in files', () => {
  const open = (path: string): Promise<StorageBackend> => keepOpen(createStorageBackend({ driver: 'fs', path, logger: silentLogger }));

  const checks = responseCacheContract({
    create: async (options) => {
      const { storage } = await open(await newDirectory());
      return createResponseCache({ storage, logger: silentLogger, adopt: true, ...options });
    },
  });
  for (const check of checks) test(check.name, check.run);

  test('answers outlive their server, and count among the most that are kept', async () => {
    const path = await newDirectory();
    const backend = await open(path);
    const first = createResponseCache({ ...limits, storage: backend.storage });
    for (const key of ['a', 'b', 'c']) await first.set(key, answer, 'tenant');
    await backend.close();
    const second = createResponseCache({ ...limits, storage: (await open(path)).storage, adopt: true, maxEntries: 2 });
    await second.set('d', answer, 'tenant');
    const found = await Promise.all(['a', 'b', 'c', 'd'].map((key) => second.get(key)));
    expect(found.filter((each) => each !== undefined)).toHaveLength(2);
    expect(found[3]).toEqual(answer);
  });
});

describe('in Redis', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  // What a test that failed has left is nothing to its next try.
  beforeEach(async () => {
    await redis.stop();
    await redis.start();
  });
  afterAll(() => redis.kill());

  let count = 0;
  function open(keyPrefix = `test-${(count += 1)}`): Promise<StorageBackend> {
    return keepOpen(createStorageBackend({ driver: 'redis', url: redis.url, keyPrefix, logger: silentLogger }));
  }

  /** Waits until it is connected: without Redis the cache only misses. */
  async function openReady(keyPrefix?: string): Promise<StorageBackend['storage']> {
    const { storage, records } = await open(keyPrefix);
    await records.histories('tenant', 'digest');
    return storage;
  }

  const checks = responseCacheContract({
    create: async (options) => createResponseCache({ storage: await openReady(), logger: silentLogger, ...options }),
  });
  for (const check of checks) test(check.name, check.run);

  test('answers go by themselves, also when nobody asks for them', async () => {
    const storage = await openReady();
    const cache = createResponseCache({ ...limits, storage, ttlSeconds: 3 });
    await cache.set('a', answer, 'tenant');
    expect(await storage.getKeys('cache')).toEqual(['cache:a']);
    await expect.poll(() => storage.getKeys('cache')).toEqual([]);
  });

  test('what one server writes, another one reads', async () => {
    const [one, other] = [await openReady('shared'), await openReady('shared')].map((storage) =>
      createResponseCache({ ...limits, storage }),
    );
    await one?.set('a', answer, 'tenant');
    expect(await other?.get('a')).toEqual(answer);
  });

  test('while Redis is away everything is a miss, at once, and then it goes on', async () => {
    const cache = createResponseCache({ ...limits, storage: await openReady() });
    await cache.set('a', answer, 'tenant');
    await redis.stop();
    const begin = performance.now();
    expect(await cache.get('a')).toBeUndefined();
    await cache.set('b', answer, 'tenant');
    expect(performance.now() - begin).toBeLessThan(20_000);
    await redis.start();
    await expect
      .poll(async () => {
        await cache.set('c', answer, 'tenant');
        return cache.get('c');
      })
      .toEqual(answer);
  });
});
