import type { ConversationItem, Logger } from '@claude-code-api/gateway';
import { newConversationId, newItemId } from '@claude-code-api/gateway/testing';
import type { Driver } from 'unstorage';
import { expect, test } from 'vitest';
import { createConversationStore } from '@claude-code-api/gateway/stores';
import { createStorageBackend } from './create-storage-backend.ts';

const ignore = (): void => {};
const silent: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const itemOf = (text: string): ConversationItem => ({ id: newItemId('msg'), role: 'user', content: [{ type: 'text', text }] });

async function open() {
  const kept = new Map<string, string>();
  const reads: string[] = [];
  const driver = {
    hasItem: (key: string) => kept.has(key),
    getItem: (key: string) => {
      reads.push(key);
      return kept.get(key) ?? null;
    },
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
    getKeys: () => [...kept.keys()],
  } as Driver;
  const backend = await createStorageBackend({ driver, logger: silent });
  const store = createConversationStore({ backend, ttlMs: 60_000, logger: silent });
  const batchesRead = (): number => reads.splice(0).filter((key) => !key.endsWith(':head')).length;
  return { store, batchesRead };
}

test('what was read before is not read again, and what is new is', async () => {
  const { store, batchesRead } = await open();
  const items = ['one', 'two', 'three'].map(itemOf);
  const { id } = await store.create('', { id: newConversationId(), metadata: {}, system: '', items: items.slice(0, 1) });
  await store.append('', id, { version: 1, items: items.slice(1, 2) });
  batchesRead();
  expect((await store.read('', id))?.items).toEqual(items.slice(0, 2));
  expect(batchesRead()).toBe(2);
  expect((await store.read('', id))?.items).toEqual(items.slice(0, 2));
  expect(batchesRead()).toBe(0);
  await store.append('', id, { version: 2, items: items.slice(2) });
  batchesRead();
  expect((await store.read('', id))?.items).toEqual(items);
  expect(batchesRead()).toBe(1);
  await store.close();
});

test('what was removed is gone from it too', async () => {
  const { store } = await open();
  const items = ['one', 'two'].map(itemOf);
  const { id } = await store.create('', { id: newConversationId(), metadata: {}, system: '', items });
  await store.read('', id);
  await store.removeItem('', id, items[0]?.id ?? '');
  expect((await store.read('', id))?.items).toEqual(items.slice(1));
  await store.delete('', id);
  expect(await store.read('', id)).toBeUndefined();
  await store.close();
});
