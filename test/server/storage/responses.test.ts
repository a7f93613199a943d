import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { responseStoreContract } from '@claude-code-api/gateway/testing';
import { createResponseStore, type StoredResponses } from '@claude-code-api/gateway/stores';
import { createStorageBackend, type StorageBackendOptions } from '@claude-code-api/node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '../../support/silent-logger.ts';
import { startRedis, type TestRedis } from '../../support/servers/start-redis.ts';

let redis: TestRedis;
let directory: string;
beforeAll(async () => {
  redis = await startRedis();
  directory = await mkdtemp(join(tmpdir(), 'responses-'));
});
const closing: Array<() => Promise<void>> = [];
const closeAll = async (): Promise<void> => {
  for (const close of closing.splice(0)) await close();
};
afterEach(closeAll);
afterAll(async () => {
  await redis.kill();
  await rm(directory, { recursive: true });
});

type Backend =
  | { readonly driver: 'redis'; readonly url: string; readonly keyPrefix: string }
  | { readonly driver: 'fs'; readonly path: string };

async function openBackend(given: Backend) {
  const options: StorageBackendOptions = { ...given, logger: silentLogger };
  const backend = await createStorageBackend(options);
  closing.unshift(() => backend.close());
  return backend;
}

async function open(given: Backend, ttlMs = 60_000): Promise<StoredResponses> {
  const store = createResponseStore({ backend: await openBackend(given), ttlMs, logger: silentLogger });
  closing.unshift(() => store.close());
  return store;
}

let places = 0;
const inRedis = (): Backend => ({ driver: 'redis', url: redis.url, keyPrefix: `place-${(places += 1)}` });
const inDirectory = (): Backend => ({ driver: 'fs', path: join(directory, String((places += 1))) });

describe('responses in Redis', () => {
  const contract = responseStoreContract({
    async create(count, { ttlMs }) {
      const place = inRedis();
      return Promise.all(Array.from({ length: count }, () => open(place, ttlMs)));
    },
    sharing: 2,
  });
  for (const check of contract) test(check.name, check.run);

  test('share one secret, whoever asks first', async () => {
    const place = inRedis();
    const secrets = await Promise.all([1, 2, 3].map(async () => (await openBackend(place)).secret()));
    expect(new Set(secrets).size).toBe(1);
  });
});

describe('responses in files', () => {
  const contract = responseStoreContract({ create: async (_count, { ttlMs }) => [await open(inDirectory(), ttlMs)], sharing: 1 });
  for (const check of contract) test(check.name, check.run);

  test('are there after a restart, and so is the secret', async () => {
    const place = inDirectory();
    const response = { id: 'resp_1', told: { a: 1 }, input: [{ id: 'msg_1' }] };
    await (await open(place)).create('me', response);
    await closeAll();
    const secret = await (await openBackend(place)).secret();
    await closeAll();
    const store = await open(place);
    expect(await store.read('me', 'resp_1')).toEqual({ id: 'resp_1', told: { a: 1 } });
    expect(await store.readInput('me', 'resp_1')).toEqual(response.input);
    await closeAll();
    expect(await (await openBackend(place)).secret()).toBe(secret);
  });
});
