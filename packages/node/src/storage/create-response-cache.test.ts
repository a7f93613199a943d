import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CachedAnswer, Logger } from '@claude-code-api/gateway';
import { createResponseCache, type ResponseCacheOptions } from '@claude-code-api/gateway/stores';
import { responseCacheContract } from '@claude-code-api/gateway/testing';
import { createStorage, type Storage } from 'unstorage';
import fsLite from 'unstorage/drivers/fs-lite';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createFsDriver } from './create-fs-driver.ts';

const ignore = (): void => {};
const silent: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const limits = { maxEntries: 10, ttlSeconds: 60 };
const usage = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, cacheWriteHourTokens: 0, outputTokens: 0, reasoningTokens: 0 };
const answer: CachedAnswer = {
  storedAt: 1000,
  events: [
    { type: 'turn-start', model: 'm', usage },
    { type: 'text-delta', index: 0, text: 'hi' },
    { type: 'turn-end', reason: 'end_turn' },
  ],
};

let directory: string;
let directories = 0;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'claude-code-api-test-'));
});
afterAll(() => rm(directory, { recursive: true }));
afterEach(() => void vi.useRealTimers());

/** The path of a new directory, which is made when something is stored in it. */
function nextDirectory(): string {
  directories += 1;
  return join(directory, String(directories));
}

interface Watched {
  readonly cache: ReturnType<typeof createResponseCache>;
  readonly warnings: { readonly message: string; readonly error: unknown }[];
}

function watch(storage: Storage, options: Partial<ResponseCacheOptions> = {}): Watched {
  const warnings: Watched['warnings'] = [];
  const logger: Logger = { ...silent, warn: (fields, message) => void warnings.push({ message, error: fields['error'] }) };
  return { cache: createResponseCache({ storage, ...limits, logger, ...options }), warnings };
}

/** A storage with some operations replaced. */
const withDriver = (changes: Record<string, unknown>): Storage => Object.assign(createStorage(), changes);

const backends: [string, () => Promise<Storage>][] = [
  ['memory', async () => createStorage()],
  ['fs-lite', async () => createStorage({ driver: fsLite({ base: nextDirectory() }) })],
  ['the file driver', async () => createStorage({ driver: await createFsDriver(nextDirectory()) })],
];

describe.each(backends)('%s', (_, create) => {
  const checks = responseCacheContract({
    create: async (options) => createResponseCache({ storage: await create(), adopt: true, logger: silent, ...options }),
  });
  for (const check of checks) test(check.name, check.run);
});

test.each<[string, unknown]>([
  ['a text', 'no record'],
  ['a cut record', '{"expiresAt":1,"storedAt":1,"ev'],
  ['a list', []],
  ['a record of another shape', { expiresAt: 9e15, storedAt: 1, answer: 'hi' }],
  ['events that are no JSON', { expiresAt: 9e15, storedAt: 1, events: '[{"type":' }],
  ['unknown events', { expiresAt: 9e15, storedAt: 1, events: '[{"type":"other"},{"type":"turn-end","reason":"end_turn"}]' }],
  ['an answer without its end', { expiresAt: 9e15, storedAt: 1, events: JSON.stringify(answer.events.slice(0, 2)) }],
  [
    'events of an older version',
    {
      expiresAt: 9e15,
      storedAt: 1,
      tenantKey: 'a',
      events: JSON.stringify([
        { type: 'turn-start', model: 'm', usage },
        { type: 'text-delta', text: 'hi' },
        { type: 'turn-end', reason: 'end_turn' },
      ]),
    },
  ],
  ['no events', { expiresAt: 9e15, storedAt: 1, events: '[]' }],
])('a damaged record is a miss, is logged and is removed: %s', async (_, record) => {
  const storage = createStorage();
  await storage.setItem('cache:a', record as object);
  const { cache, warnings } = watch(storage);
  expect(await cache.get('a')).toBeUndefined();
  expect(warnings.map(({ message }) => message)).toEqual(['an answer in the response cache is damaged']);
  expect(await storage.getKeys()).toEqual([]);
});

test('an answer whose time is over is removed when it is seen, and nothing is said of it', async () => {
  let now = 0;
  const storage = createStorage();
  const { cache, warnings } = watch(storage, { now: () => now });
  await cache.set('a', answer, 'tenant');
  now = 59_999;
  expect(await cache.get('a')).toEqual(answer);
  now = 60_000;
  expect(await cache.get('a')).toBeUndefined();
  expect([await storage.getKeys(), warnings]).toEqual([[], []]);
});

test('what was stored before a restart is found, counts when it is adopted, and nothing else is touched', async () => {
  const base = nextDirectory();
  const open = () => createStorage({ driver: fsLite({ base }) });
  const before = watch(open(), { maxEntries: 5 }).cache;
  for (const key of ['a', 'b', 'c', 'd', 'e']) await before.set(key, answer, 'tenant');
  await open().setItem('other:a', { keep: true });
  await open().setItem('cache:no.key', { keep: true });

  const stranger = watch(open(), { maxEntries: 2 }).cache;
  expect(await stranger.get('b')).toEqual(answer);
  expect(await readdir(join(base, 'cache'))).toHaveLength(6);

  const heir = watch(open(), { maxEntries: 2, adopt: true }).cache;
  await heir.set('f', answer, 'tenant');
  const left = await readdir(join(base, 'cache'));
  expect(left).toHaveLength(3);
  expect(left).toEqual(expect.arrayContaining(['f', 'no.key']));
  expect(await open().getItem('other:a')).toEqual({ keep: true });
});

test('what was stored before a restart counts as whose it is, the oldest first, and what is over goes', async () => {
  const storage = createStorage();
  let now = 0;
  const before = watch(storage, { now: () => now }).cache;
  for (const [key, tenant] of [
    ['a', 'good'],
    ['c', 'greedy'],
    ['b', 'greedy'],
    ['d', 'greedy'],
  ] as const) {
    now += 10_000;
    await before.set(key, { ...answer, storedAt: now }, tenant);
  }
  now = 70_000;
  const after = watch(storage, { now: () => now, maxEntries: 4, maxTenantEntries: 2, adopt: true });
  await after.cache.set('e', answer, 'greedy');
  expect((await storage.getKeys()).toSorted()).toEqual(['cache:d', 'cache:e']);
  expect(after.warnings).toEqual([]);
});

test('what another server has written counts once it was read', async () => {
  const storage = createStorage();
  const one = watch(storage, { maxEntries: 2 }).cache;
  const other = watch(storage, { maxEntries: 2 }).cache;
  for (const key of ['a', 'b']) await one.set(key, answer, 'tenant');
  for (const key of ['a', 'b']) expect(await other.get(key)).toEqual(answer);
  await other.set('c', answer, 'tenant');
  expect((await storage.getKeys()).toSorted()).toEqual(['cache:b', 'cache:c']);
});

test('a storage that fails is a miss; its log says so once a minute for each kind', async () => {
  let now = 0;
  const fail = () => Promise.reject(new Error('down'));
  const { cache, warnings } = watch(withDriver({ getItem: fail, setItem: fail, removeItem: fail, getKeys: fail }), {
    maxEntries: 1,
    adopt: true,
    now: () => now,
  });
  for (let round = 0; round < 3; round += 1) {
    for (const key of ['a', 'b']) {
      await cache.set(key, answer, 'tenant');
      expect(await cache.get(key)).toBeUndefined();
    }
  }
  const messages = [
    'the response cache can not be listed',
    'the response cache can not be written',
    'the response cache can not be read',
    'an answer can not be removed from the response cache',
  ];
  expect(warnings.map(({ message }) => message)).toEqual(messages);
  expect(warnings.map(({ error }) => String(error))).toEqual(messages.map(() => 'Error: down'));
  now = 60_000;
  await cache.get('a');
  expect(warnings.slice(messages.length).map(({ message }) => message)).toEqual(['the response cache can not be read']);
});

test('a failure that a driver answers instead of throwing it is no damaged record', async () => {
  const { cache, warnings } = watch(withDriver({ getItem: async () => new Error('EACCES') }));
  expect(await cache.get('a')).toBeUndefined();
  expect(warnings.map(({ message }) => message)).toEqual(['the response cache can not be read']);
});

test('a writing that never ends, since the request that writes is gone, keeps nobody for long', async () => {
  vi.useFakeTimers();
  const storage = createStorage();
  let isGone = true;
  const { cache } = watch(
    withDriver({
      getItem: (key: string) => storage.getItem(key),
      setItem: (key: string, value: object) => (isGone ? new Promise(() => {}) : storage.setItem(key, value)),
    }),
  );
  void cache.set('key', answer, 't');
  await vi.advanceTimersByTimeAsync(0);
  // As workers do.
  vi.clearAllTimers();
  isGone = false;
  const reading = Promise.all([cache.get('key'), cache.get('key')]);
  await vi.advanceTimersByTimeAsync(4000);
  expect(await reading).toEqual([undefined, undefined]);
  await cache.set('key', { ...answer, storedAt: Date.now() }, 't');
  expect(await cache.get('key')).toBeDefined();
});

test('a storage that does not answer is given up after two seconds', async () => {
  vi.useFakeTimers();
  const hang = () => new Promise<never>(ignore);
  const { cache, warnings } = watch(withDriver({ getItem: hang, setItem: hang }));
  const both = Promise.all([cache.get('a'), cache.set('b', answer, 'tenant')]);
  await vi.advanceTimersByTimeAsync(1999);
  expect(warnings).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(await both).toEqual([undefined, undefined]);
  expect(warnings.map(({ error }) => String(error))).toEqual(Array(2).fill('Error: It took longer than 2000 ms.'));
});

test.each(['', 'a:b', 'a/b', '../a', 'a'.repeat(65)])('a key that is none is never stored or read: %s', async (key) => {
  const storage = createStorage();
  const { cache } = watch(storage);
  await cache.set(key, answer, 'tenant');
  expect([await cache.get(key), await storage.getKeys()]).toEqual([undefined, []]);
});
