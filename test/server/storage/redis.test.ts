import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Conversation } from '@claude-code-api/gateway';
import { conversationStoreContract } from '@claude-code-api/gateway/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startRedis, type TestRedis } from '../../support/servers/start-redis.ts';
import { conversationOf, itemOf, openTestStore, textsOf, type TestStore } from './open-test-store.ts';

const run = promisify(execFile);
let redis: TestRedis;
const stores: TestStore[] = [];
beforeAll(async () => {
  redis = await startRedis();
});
// What a test that failed has left is nothing to its next try.
beforeEach(async () => {
  await redis.stop();
  await redis.start();
});
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
});
afterAll(() => redis.kill());

async function open(options?: Parameters<typeof openTestStore>[1], keyPrefix = 'claude-code-api'): Promise<TestStore> {
  const store = await openTestStore({ driver: 'redis', url: redis.url, keyPrefix }, options);
  stores.push(store);
  return store;
}

async function ask(...command: string[]): Promise<string[]> {
  const { stdout } = await run('redis-cli', ['-u', redis.url, ...command]);
  return stdout.split('\n').filter((line) => line !== '');
}

let prefixes = 0;
const newPrefix = (): string => `shares-${(prefixes += 1)}`;
const contract = conversationStoreContract({
  create: (options) => open(options),
  createBounded: (bounds) => open(bounds, newPrefix()),
  async damage(_tenant, id) {
    const [key = ''] = await ask('keys', `claude-code-api:conversations:*:${id}`);
    const batch = (await ask('hkeys', key)).find((field) => field.startsWith('batch:'));
    await ask('hset', key, batch ?? '', 'torn');
  },
});
for (const check of contract) test(check.name, check.run);

test('what is counted of each tenant is what is stored, whatever happens to its conversations', async () => {
  let time = Date.now();
  const prefix = newPrefix();
  // Redis lets nothing go by itself meanwhile, however long this takes.
  const bounds = { maxBytes: 20_000, maxTenantBytes: 10_000, ttlMs: 3_600_000, now: () => time };
  const [one, other] = [await open(bounds, prefix), await open(bounds, prefix)];
  const text = 'x'.repeat(1000);
  const usage = async (): Promise<number[]> => (await ask('zrange', `${prefix}:conversation-usage`, '0', '-1', 'withscores')).map(Number);
  const { id, version } = await one.create('a', conversationOf(text));
  await other.append('a', id, { version, items: [itemOf(text)] });
  const size = (await usage())[1]!;
  expect(size).toBeGreaterThan(2000);
  await one.updateMetadata('a', id, { more: text });
  expect((await usage())[1]! - size).toBe(`"more":"${text}"`.length);
  await one.removeItem('a', id, (await one.read('a', id))!.items[0]!.id);
  expect((await usage())[1]!).toBeLessThan(size + 100);
  await other.delete('a', id);
  expect(await usage()).toEqual([]);
  // Two servers that fill it side by side, one that expires, and what Redis has let go by itself.
  await Promise.all([one, other].map((store) => Promise.all(Array.from({ length: 30 }, () => store.create('b', conversationOf(text))))));
  expect((await usage())[1]!).toBeLessThanOrEqual(10_000);
  const [gone = ''] = await ask('keys', `${prefix}:conversations:*`);
  await ask('del', gone);
  time += 3_600_001;
  await one.sweep();
  expect(await usage()).toEqual([]);
  expect(await ask('keys', `${prefix}:conversation*`)).toEqual([]);
});

test('two servers on one Redis see the same conversations', async () => {
  const [one, other] = [await open(), await open()];
  const given = { ...conversationOf('0'), digest: 'shared' };
  const created = await one.create('shared', given);
  expect(await other.read('shared', given.id)).toEqual({ ...created, items: given.items });
  expect((await other.list('shared', { limit: 1, order: 'desc' })).conversations).toEqual([created]);
  expect(await other.find('shared', 'shared')).toEqual(created);
  const release = await one.hold('shared', given.id);
  expect(await other.hold('shared', given.id)).toBeUndefined();
  await release?.();
  const next = await other.hold('shared', given.id);
  expect(next).toBeDefined();
  await next?.();
});

test('appends that race from two servers: nothing is lost or doubled, and the order of each writer is kept', async () => {
  const servers = [await open(), await open()];
  const { id } = await servers[0]!.create('race', conversationOf());
  const write = async (server: TestStore, writer: number): Promise<void> => {
    for (let turn = 0; turn < 10; turn += 1) {
      for (;;) {
        const { version } = (await server.read('race', id))!;
        if ((await server.append('race', id, { version, items: [itemOf(`${writer}:${turn}`)] })) !== undefined) break;
      }
    }
  };
  await Promise.all(Array.from({ length: 20 }, (_, writer) => write(servers[writer % 2]!, writer)));
  const texts = textsOf(await servers[0]!.read('race', id))!;
  expect(texts).toHaveLength(200);
  for (let writer = 0; writer < 20; writer += 1) {
    const own = texts.filter((text) => text.startsWith(`${writer}:`));
    expect(own).toEqual(Array.from({ length: 10 }, (_, turn) => `${writer}:${turn}`));
  }
});

test('a hold lasts longer than its three seconds while the holder lives', async () => {
  const [one, other] = [await open(), await open()];
  const release = await one.hold('lives', 'conv_1');
  const deadline = performance.now() + 4000;
  while (performance.now() < deadline) {
    expect(await other.hold('lives', 'conv_1')).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await release?.();
});

test('the hold of a server that is gone is free soon after its three seconds', async () => {
  const gone = await openTestStore({ driver: 'redis', url: redis.url });
  expect(await gone.hold('dies', 'conv_1')).toBeDefined();
  // For Redis this is what a killed process is: its connection ends, and nothing is given back.
  await gone.close();
  const store = await open();
  const started = performance.now();
  let release = await store.hold('dies', 'conv_1');
  expect(release).toBeUndefined();
  while (release === undefined && performance.now() - started < 30_000) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    release = await store.hold('dies', 'conv_1');
  }
  expect(release).toBeDefined();
  await release?.();
});

test('the sweep removes what is expired from Redis, and nothing else', async () => {
  let time = Date.now();
  const store = await open({ ttlMs: 1_000_000, now: () => time });
  const { id } = await store.create('sweep', conversationOf('0'));
  time += 500_000;
  const kept = await store.create('sweep', conversationOf('1'));
  time += 600_000;
  await store.sweep();
  time -= 600_000;
  expect(await store.read('sweep', id)).toBeUndefined();
  expect((await store.list('sweep', { limit: 10, order: 'asc' })).conversations).toEqual([kept]);
});

test('a stopped Redis: a 503 soon, and all is well when it is back', async () => {
  const store = await open();
  const given = conversationOf('0');
  await store.create('stopped', given);
  await redis.stop();
  try {
    await expectUnavailable(() => store.read('stopped', given.id));
    await expectUnavailable(() => store.create('stopped', conversationOf('1')));
    await expectUnavailable(() => store.list('stopped', { limit: 1, order: 'asc' }));
    await expectUnavailable(() => store.hold('stopped', given.id));
  } finally {
    await redis.start();
  }
  await expectWorks(store);
});

test('a Redis that answers nothing: a 503 soon, and all is well when it answers again', async () => {
  const store = await open();
  await store.create('held', conversationOf('0'));
  redis.pause();
  try {
    await expectUnavailable(() => store.create('held', conversationOf('1')));
    await new Promise((resolve) => setTimeout(resolve, 4000));
    await expectUnavailable(() => store.create('held', conversationOf('1')));
  } finally {
    redis.resume();
  }
  await expectWorks(store);
});

test('a store opens while Redis is down, and works once it is there', async () => {
  await redis.stop();
  const store = await open();
  try {
    await expectUnavailable(() => store.create('late', conversationOf('1')));
  } finally {
    await redis.start();
  }
  await expectWorks(store);
});

test('an outage is logged once, and its end too', async () => {
  const lines: string[] = [];
  const note = (_: unknown, message: string): void => void lines.push(message);
  const store = await open({ logger: { debug: note, info: note, warn: note, error: note } });
  await store.create('log', conversationOf('0'));
  expect(lines).toEqual([]);
  await redis.stop();
  await expect.poll(() => lines).toHaveLength(1);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await redis.start();
  await expectWorks(store);
  expect(lines).toEqual(['Redis can not be reached; trying again until it can', 'Redis is back']);
});

async function expectUnavailable(operation: () => Promise<unknown>): Promise<void> {
  const started = performance.now();
  await expect(operation()).rejects.toMatchObject({ status: 503, code: 'storage_unavailable', retryAfterSeconds: 1 });
  // Three on an idle machine.
  expect(performance.now() - started).toBeLessThan(15_000);
}

/** Soon. */
async function expectWorks(store: TestStore): Promise<void> {
  const given = conversationOf('back');
  let read: Conversation | undefined;
  for (const deadline = performance.now() + 30_000; read === undefined && performance.now() < deadline;) {
    try {
      await store.create('back', given);
      read = await store.read('back', given.id);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  expect(textsOf(read)).toEqual(['back']);
}
