import { execFile } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { QuotaStore, Meter } from '@claude-code-api/gateway';
import { quotaStoreContract } from '@claude-code-api/gateway/testing';
import type { StorageBackend } from '@claude-code-api/gateway/stores';
import { createStorageBackend } from '@claude-code-api/node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeTemporaryDirectory } from '../../support/make-temporary-directory.ts';
import { silentLogger } from '../../support/silent-logger.ts';
import { startRedis, type TestRedis } from '../../support/servers/start-redis.ts';
import { until } from '../../support/until.ts';

const run = promisify(execFile);
const patience = { timeout: 30_000, interval: 50 };
const bucket: Meter = { kind: 'bucket', key: 'requests:a', limit: 3, periodMs: 60_000 };
const budget = (endsAt: number): Extract<Meter, { kind: 'budget' }> => ({ kind: 'budget', key: `usd:${endsAt}:a`, limit: 10, endsAt });
const soon = (): number => Date.now() + 60_000;

const opened: StorageBackend[] = [];
const directories: string[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((backend) => backend.close()));
  await Promise.all(directories.splice(0).map((directory) => rm(directory, { recursive: true })));
});

async function open(options: { driver: 'fs'; path: string } | { driver: 'redis'; url: string; keyPrefix?: string }, logger = silentLogger) {
  const backend = await createStorageBackend({ ...options, logger });
  opened.push(backend);
  return backend;
}

async function newDirectory(): Promise<string> {
  const directory = await makeTemporaryDirectory();
  directories.push(directory);
  return directory;
}

async function takes(store: QuotaStore, meter: Meter, amount = 1): Promise<boolean> {
  return (await store.take([{ meter, amount }], true)).taken;
}

describe('in files', () => {
  const checks = quotaStoreContract({
    create: async () => [(await open({ driver: 'fs', path: await newDirectory() })).quotas],
    sharing: 1,
  });
  for (const check of checks) test(check.name, check.run);

  test('what was used of a budget is known after a restart, and what was over is removed', async () => {
    const path = await newDirectory();
    const [lasting, ending] = [budget(soon()), budget(Date.now() + 3000)];
    const first = await open({ driver: 'fs', path });
    await first.quotas.take(
      [
        { meter: lasting, amount: 7.5 },
        { meter: ending, amount: 7.5 },
      ],
      true,
    );
    await first.close();
    expect(await first.storage.getKeys('limits')).toHaveLength(2);
    await until(() => Date.now() > ending.endsAt, 'the end of a budget');
    const second = await open({ driver: 'fs', path });
    expect(await takes(second.quotas, lasting, 3)).toBe(false);
    expect(await takes(second.quotas, lasting, 2.5)).toBe(true);
    expect(await second.storage.getKeys('limits')).toHaveLength(1);
  });

  test('is stored without a proper end too, within a second or so', async () => {
    const path = await newDirectory();
    const meter = budget(soon());
    const first = await open({ driver: 'fs', path });
    await first.quotas.take([{ meter, amount: 9 }], true);
    await vi.waitFor(async () => expect(await first.storage.getKeys('limits')).toHaveLength(1), patience);
    const copy = await newDirectory();
    await cp(path, copy, { recursive: true, filter: (source) => !source.endsWith('.lock') });
    const second = await open({ driver: 'fs', path: copy });
    expect(await takes(second.quotas, meter, 2)).toBe(false);
  });

  test('a record that is damaged counts as nothing', async () => {
    const path = await newDirectory();
    const meter = budget(soon());
    const first = await open({ driver: 'fs', path });
    await first.quotas.take([{ meter, amount: 9 }], true);
    await first.close();
    const second = await open({ driver: 'fs', path });
    const [key = ''] = await second.storage.getKeys('limits');
    await second.storage.setItem(key, { used: 'much' });
    expect(await takes(second.quotas, meter, 9)).toBe(true);
  });
});

describe('in Redis', () => {
  let redis: TestRedis;
  let prefixes = 0;
  beforeAll(async () => {
    redis = await startRedis();
  });
  // What a test that failed has left is nothing to its next try.
  beforeEach(async () => {
    await redis.stop();
    await redis.start();
  });
  afterAll(() => redis.kill());

  const checks = quotaStoreContract({
    async create(count) {
      const keyPrefix = `limits-${(prefixes += 1)}`;
      const backends = await Promise.all(Array.from({ length: count }, () => open({ driver: 'redis', url: redis.url, keyPrefix })));
      return backends.map(({ quotas }) => quotas);
    },
    sharing: 2,
  });
  for (const check of checks) test(check.name, check.run);

  test('while Redis is away each server counts for itself, and says so once', async () => {
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (_: object, message: string) => void warnings.push(message) };
    const one = await open({ driver: 'redis', url: redis.url, keyPrefix: 'away' }, logger);
    const other = await open({ driver: 'redis', url: redis.url, keyPrefix: 'away' });
    expect(await takes(one.quotas, bucket, 2)).toBe(true);
    expect(await takes(other.quotas, bucket, 2)).toBe(false);
    await redis.stop();
    // It knows what it has taken itself, and not what others have.
    expect(await takes(one.quotas, bucket)).toBe(true);
    expect(await takes(one.quotas, bucket)).toBe(false);
    const leave = await one.quotas.enter('turns:a', 1);
    expect(leave).toBeDefined();
    expect(await one.quotas.enter('turns:a', 1)).toBeUndefined();
    await leave?.();
    expect(await takes(other.quotas, bucket, 3)).toBe(true);
    expect(warnings.filter((message) => message.startsWith('quotas can not'))).toHaveLength(1);
    await redis.start();
    // It has forgotten everything, and is one for both again.
    await vi.waitFor(async () => {
      const probe: Meter = { ...bucket, key: `probe-${Math.random()}` };
      await takes(one.quotas, probe, 3);
      expect(await takes(other.quotas, probe)).toBe(false);
    }, patience);
  });

  test('what was taken of a budget while Redis was away counts for all when it is back', async () => {
    const meter = budget(soon());
    const one = await open({ driver: 'redis', url: redis.url, keyPrefix: 'owed' });
    const other = await open({ driver: 'redis', url: redis.url, keyPrefix: 'owed' });
    await takes(one.quotas, meter, 1);
    await redis.stop();
    expect(await takes(one.quotas, meter, 4)).toBe(true);
    expect(await takes(one.quotas, meter, 2.5)).toBe(true);
    await redis.start();
    // What Redis itself knew is gone with it.
    await vi.waitFor(async () => {
      await one.quotas.take([{ meter, amount: 0 }], true);
      const { states } = await other.quotas.take([{ meter, amount: 0 }], true);
      expect(states[0]?.remaining).toBe(3.5);
    }, patience);
    expect(await takes(other.quotas, meter, 4)).toBe(false);
  });

  test('a place outlives a restart of Redis, on the same server at once, on others soon', async () => {
    const one = await open({ driver: 'redis', url: redis.url, keyPrefix: 'restart' });
    const other = await open({ driver: 'redis', url: redis.url, keyPrefix: 'restart' });
    const leave = await one.quotas.enter('turns:a', 1);
    await redis.stop();
    await redis.start();
    expect(await one.quotas.enter('turns:a', 1)).toBeUndefined();
    await vi.waitFor(async () => expect(await ask('zcard', 'restart:limits:turns:a')).toEqual(['1']), { timeout: 30_000, interval: 200 });
    await vi.waitFor(async () => {
      const taken = await other.quotas.enter('turns:a', 1);
      await taken?.();
      expect(taken).toBeUndefined();
    }, patience);
    await leave?.();
    expect(await other.quotas.enter('turns:a', 1)).toBeDefined();
  });

  test("a bucket refills after Redis' clock was set back", async () => {
    const meter: Meter = { kind: 'bucket', key: 'back', limit: 10, periodMs: 1000 };
    const { quotas } = await open({ driver: 'redis', url: redis.url, keyPrefix: 'clock' });
    expect(await takes(quotas, meter, 10)).toBe(true);
    await ask('hset', 'clock:limits:back', 'left', '0', 'at', String(Date.now() + 3_600_000));
    // Its end is as far off as the clock was set back.
    await ask('persist', 'clock:limits:back');
    expect(await takes(quotas, meter, 10)).toBe(false);
    await vi.waitFor(async () => expect(await takes(quotas, meter, 10)).toBe(true), patience);
  });

  async function ask(...command: string[]): Promise<string[]> {
    const { stdout } = await run('redis-cli', ['-u', redis.url, ...command]);
    return stdout.trim().split('\n');
  }

  test('keys end by themselves', async () => {
    const { quotas } = await open({ driver: 'redis', url: redis.url, keyPrefix: 'ending' });
    await quotas.take(
      [
        { meter: bucket, amount: 1 },
        { meter: budget(soon()), amount: 1 },
      ],
      true,
    );
    await quotas.enter('turns:a', 1);
    const keys = await ask('keys', 'ending:limits:*');
    expect(keys).toHaveLength(3);
    for (const key of keys) expect(Number((await ask('pttl', key))[0])).toBeGreaterThan(0);
  });
});
