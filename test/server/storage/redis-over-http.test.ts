import { createConversationStore, createRedisBackend, createRedisOverHttp, type StorageBackend } from '@claude-code-api/gateway/stores';
import { storesContract } from '@claude-code-api/gateway/testing';
import { createStorageBackend } from '@claude-code-api/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRedisBridge, type RedisBridge } from '../../support/servers/start-redis-bridge.ts';
import { startRedis, type TestRedis } from '../../support/servers/start-redis.ts';
import { silentLogger as logger } from '../../support/silent-logger.ts';
import { conversationOf, itemOf, textsOf } from './open-test-store.ts';

let redis: TestRedis;
let bridge: RedisBridge;
beforeAll(async () => {
  redis = await startRedis();
  bridge = await startRedisBridge(redis.url);
});
afterAll(async () => {
  await bridge?.close();
  await redis?.kill();
});

const open = (keyPrefix: string): StorageBackend => createRedisBackend({ command: createRedisOverHttp(bridge), keyPrefix });

let places = 0;
const contract = storesContract({
  async open(count) {
    const place = `place-${(places += 1)}`;
    return Array.from({ length: count }, () => open(place));
  },
  sharing: 'shared',
});
for (const check of contract) test(check.name, check.run);

test('gateways with a connection and gateways over HTTP share one place', async () => {
  const near = await createStorageBackend({ driver: 'redis', url: redis.url, keyPrefix: 'both', logger });
  const far = open('both');
  const [one, other] = [near, far].map((backend) => createConversationStore({ backend, ttlMs: 60_000, logger }));
  try {
    const { id } = await one!.create('a', { ...conversationOf('first', '\u2028 \ud83d\ude00'), digest: 'digest' });
    expect(textsOf(await other!.read('a', id))).toEqual(['first', '\u2028 \ud83d\ude00']);
    expect((await other!.append('a', id, { version: 1, items: [itemOf('second')], digest: 'later' }))?.version).toBe(2);
    expect(await one!.append('a', id, { version: 1, items: [itemOf('too late')] })).toBeUndefined();
    expect((await one!.find('a', 'later'))?.id).toBe(id);
    const release = await other!.hold('a', id);
    expect(await one!.hold('a', id)).toBeUndefined();
    await release?.();
    expect(await far.secret()).toBe(await near.secret());
  } finally {
    await one!.close();
    await other!.close();
    await near.close();
  }
});

test('a page of conversations is two requests, however long it is', async () => {
  const store = createConversationStore({ backend: open('pages'), ttlMs: 60_000, logger });
  for (let count = 0; count < 5; count += 1) await store.create('a', conversationOf('x'));
  bridge.asked();
  expect((await store.list('a', { limit: 4, order: 'asc' })).conversations).toHaveLength(4);
  expect(bridge.asked()).toEqual([1, 5]);
  await store.close();
});

test('a Redis that is not there is a 503, and quotas are counted by the gateway alone', async () => {
  const command = createRedisOverHttp({ url: bridge.url, token: 'another' });
  const backend = createRedisBackend({ command });
  const store = createConversationStore({ backend, ttlMs: 60_000, logger });
  await expect(store.create('a', conversationOf('x'))).rejects.toMatchObject({ status: 503, code: 'storage_unavailable' });
  const amounts = [{ meter: { kind: 'bucket', key: 'a', limit: 1, periodMs: 60_000 } as const, amount: 1 }];
  expect([(await backend.quotas.take(amounts, true)).taken, (await backend.quotas.take(amounts, true)).taken]).toEqual([true, false]);
  await store.close();
});
