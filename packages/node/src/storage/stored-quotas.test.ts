import type { Logger, Meter } from '@claude-code-api/gateway';
import { createLocalBackend, type StorageBackend } from '@claude-code-api/gateway/stores';
import { createStorage } from 'unstorage';
import memoryDriver from 'unstorage/drivers/memory';
import { afterEach, expect, test, vi } from 'vitest';

const ignore = (): void => {};
const budget: Meter = { kind: 'budget', key: 'usd:a', limit: 10, endsAt: Date.now() + 60_000 };
const take = [{ meter: budget, amount: 7 }];
afterEach(() => void vi.useRealTimers());

const quotasOf = (backend: StorageBackend) => ({ ...backend.quotas, close: () => backend.close() });

/** Over a storage some of whose operations are replaced. */
function open(changes: object = {}) {
  const warnings: string[] = [];
  const logger: Logger = { debug: ignore, info: ignore, warn: (_, message) => void warnings.push(message), error: ignore };
  const storage = Object.assign(createStorage({ driver: memoryDriver() }), changes);
  return { storage, warnings, store: quotasOf(createLocalBackend({ storage, logger })) };
}

test('what can not be stored is stored with what comes next', async () => {
  let isFull = true;
  const memory = createStorage();
  const { store, warnings } = open({
    setItem: (key: string, value: object) => (isFull ? Promise.reject(new Error('full')) : memory.setItem(key, value)),
  });
  await store.take(take, true);
  await store.close();
  expect(warnings).toEqual(['what was used of a budget can not be stored: a restart would forget it']);
  isFull = false;
  await store.close();
  expect(await memory.getKeys()).toHaveLength(1);
});

test('a storage that answers nothing keeps nobody waiting for long', async () => {
  vi.useFakeTimers();
  const { store, warnings } = open({ getItem: () => new Promise(() => {}) });
  const taking = store.take(take, true);
  await vi.advanceTimersByTimeAsync(2000);
  expect((await taking).taken).toBe(true);
  expect(warnings).toEqual(['what was used of a budget can not be read: it counts as nothing']);
});

test('a storage that can not be listed still tells what was used', async () => {
  const first = open();
  await first.store.take(take, true);
  await first.store.close();
  const { store } = open({
    getItem: (key: string) => first.storage.getItem(key),
    getKeys: () => Promise.reject(new Error('no list')),
  });
  expect((await store.take(take, true)).taken).toBe(false);
});

test('nothing is stored by itself after the close', async () => {
  vi.useFakeTimers();
  const { store, storage } = open();
  await store.close();
  await store.take(take, true);
  await vi.advanceTimersByTimeAsync(5000);
  expect(await storage.getKeys()).toEqual([]);
});
