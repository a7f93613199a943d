import type { ConversationItem, Logger, NewConversation } from '@claude-code-api/gateway';
import { newConversationId, newItemId } from '@claude-code-api/gateway/testing';
import { createStorage, type Driver } from 'unstorage';
import memoryDriver from 'unstorage/drivers/memory';
import { expect, test } from 'vitest';
import { createConversationStore, type StoredConversations } from '@claude-code-api/gateway/stores';
import { createStorageBackend } from './create-storage-backend.ts';

function itemOf(text: string): ConversationItem {
  return { id: newItemId('msg'), role: 'user', content: [{ type: 'text', text }] };
}

function conversationOf(...texts: string[]): NewConversation {
  return { id: newConversationId(), metadata: {}, system: '', items: texts.map(itemOf) };
}

/** A store over a driver, with what it logs; the driver keeps its records when another store is opened over it. */
async function open(driver: Driver, options: { maxBytes?: number; now?: () => number; ttlMs?: number } = {}) {
  const log: Array<{ fields: unknown; message: string }> = [];
  const note = (fields: unknown, message: string): void => void log.push({ fields, message });
  const logger: Logger = { debug: note, info: note, warn: note, error: note };
  const backend = await createStorageBackend({ driver, logger });
  const store: StoredConversations = createConversationStore({ backend, ttlMs: 3_600_000, logger, ...options });
  return { store, log };
}

async function keysOf(driver: Driver): Promise<string[]> {
  return createStorage({ driver }).getKeys();
}

const full = (): Error => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
const unavailable = { status: 503, code: 'storage_unavailable', retryAfterSeconds: 1 };

test.each(['head', 'batch'])('a disk that is full when a %s is written: a 503, and all is as it was', async (part) => {
  const memory = memoryDriver();
  let isFull = false;
  const driver: Driver = {
    ...memory,
    setItem(key, value, options) {
      if (isFull && key.endsWith(':head') === (part === 'head')) throw full();
      return memory.setItem?.(key, value, options);
    },
  };
  const { store } = await open(driver);
  const given = { ...conversationOf('0'), digest: 'd' };
  const { id, version } = await store.create('t', given);
  const before = await store.read('t', id);
  const keys = await keysOf(driver);
  isFull = true;
  await expect(store.append('t', id, { version, items: [itemOf('1')], digest: 'e' })).rejects.toMatchObject(unavailable);
  await expect(store.create('t', conversationOf('2'))).rejects.toMatchObject(unavailable);
  expect(await store.read('t', id)).toEqual(before);
  expect((await store.find('t', 'd'))?.id).toBe(id);
  expect(await store.find('t', 'e')).toBeUndefined();
  expect(await keysOf(driver)).toEqual(keys);
  isFull = false;
  expect(await store.append('t', id, { version, items: [itemOf('1')] })).toMatchObject({ itemCount: 2 });
});

test('a store that can not be read at its start is read at the next use', async () => {
  const memory = memoryDriver();
  const earlier = await open(memory);
  const { id } = await earlier.store.create('t', conversationOf('0'));
  let fails = true;
  const { store } = await open({ ...memory, getKeys: () => (fails ? Promise.reject(full()) : [...memory.getInstance!().keys()]) });
  await expect(store.read('t', id)).rejects.toMatchObject(unavailable);
  fails = false;
  expect(await store.read('t', id)).toMatchObject({ id });
});

test('a damaged batch is an error of its conversation, which can be deleted, and of no other', async () => {
  const driver = memoryDriver();
  const { store, log } = await open(driver);
  const { id, version } = await store.create('t', conversationOf('secret'));
  const batch = (await keysOf(driver)).find((key) => !key.endsWith(':head'));
  await store.append('t', id, { version, items: [itemOf('1')] });
  const other = await store.create('t', conversationOf('other'));
  const damaged = { status: 500, code: 'conversation_damaged', shouldRetry: false };
  for (const torn of ['{"json":"[{\\"id\\":\\"msg', '{"json":"[{\\"secret\\":1}]"}', '{"json":"[]"}', '', 'null', '[]']) {
    await driver.setItem?.(batch!, torn, {});
    await expect(store.read('t', id)).rejects.toMatchObject(damaged);
    await expect(store.removeItem('t', id, newItemId('msg'))).rejects.toMatchObject(damaged);
  }
  await driver.removeItem?.(batch!, {});
  await expect(store.read('t', id)).rejects.toMatchObject(damaged);
  expect(log).toHaveLength(7);
  expect(JSON.stringify(log)).not.toContain('secret');
  expect((await store.read('t', other.id))?.items).toHaveLength(1);
  expect(await store.delete('t', id)).toBe(true);
  expect(await store.read('t', id)).toBeUndefined();
});

test.each(['', '{"json":"{\\"id', '{"json":"{}"}', '17'])(
  'a conversation whose head is damaged (%j) is unknown, and its parts stay',
  async (torn) => {
    const driver = memoryDriver();
    const first = await open(driver);
    const damaged = await first.store.create('t', { ...conversationOf('0'), digest: 'd' });
    const kept = await first.store.create('t', conversationOf('1'));
    const keys = await keysOf(driver);
    await driver.setItem?.(
      keys.find((key) => key.endsWith(`${damaged.id}:head`))!,
      torn,
      {},
    );
    for (const { store, log } of [first, await open(driver)]) {
      expect(await store.read('t', damaged.id)).toBeUndefined();
      expect(await store.find('t', 'd')).toBeUndefined();
      expect((await store.list('t', { limit: 10, order: 'asc' })).conversations).toEqual([kept]);
      expect(log.map(({ message }) => message)).toEqual(['A stored conversation is damaged and is left out']);
    }
    expect(await keysOf(driver)).toEqual(keys);
  },
);

test('a batch that no head names, as a killed process leaves it, does not exist and is removed at the next start', async () => {
  const driver = memoryDriver();
  const { id } = await (await open(driver)).store.create('t', conversationOf('0'));
  const keys = await keysOf(driver);
  const head = keys.find((key) => key.endsWith(':head'))!;
  await driver.setItem?.(head.replace(/head$/, 'abcdef'), '{"json":"[]"}', {});
  await driver.setItem?.(head.replace(id, 'conv_other').replace(/head$/, 'abcdef'), '{"json":"[]"}', {});
  const { store } = await open(driver);
  expect((await store.read('t', id))?.items).toHaveLength(1);
  expect(await keysOf(driver)).toEqual(keys);
});

test('when there is too much, the conversations that expire soonest go, and never the one just written', async () => {
  const driver = memoryDriver();
  let time = 1_000_000;
  const options = { maxBytes: 10_000, now: () => (time += 1) };
  const { store } = await open(driver, options);
  const ids: string[] = [];
  for (let index = 0; index < 5; index += 1) ids.push((await store.create('t', conversationOf('x'.repeat(2500)))).id);
  const present = async (opened: StoredConversations): Promise<string[]> =>
    (await opened.list('t', { limit: 10, order: 'asc' })).conversations.map((info) => info.id);
  expect(await present(store)).toEqual(ids.slice(2));
  expect(await keysOf(driver)).toHaveLength(6);
  await store.updateMetadata('t', ids[2]!, {});
  await expect(store.create('t', conversationOf('x'.repeat(20_000)))).rejects.toMatchObject({ status: 413 });
  expect(await present(store)).toEqual(ids.slice(2));
  const large = await store.create('t', conversationOf('x'.repeat(9000)));
  expect(await present(store)).toEqual([large.id]);
  // The sum is known after a new start too.
  const again = await open(driver, options);
  const next = await again.store.create('t', conversationOf('x'.repeat(2500)));
  expect(await present(again.store)).toEqual([next.id]);
});

test('what is measured is UTF-8', async () => {
  const { store } = await open(memoryDriver(), { maxBytes: 10_000 });
  await expect(store.create('t', conversationOf('語'.repeat(4000)))).rejects.toMatchObject({ status: 413 });
});

test('the sweep removes every record of what is expired, and nothing else', async () => {
  const driver = memoryDriver();
  let time = 1_000_000;
  const { store } = await open(driver, { ttlMs: 1000, now: () => time });
  for (let index = 0; index < 20; index += 1) await store.create(`t${index % 3}`, { ...conversationOf('0'), digest: 'd' });
  time += 500;
  const kept = await store.create('t', conversationOf('kept'));
  time += 600;
  await store.sweep();
  expect(await keysOf(driver)).toHaveLength(2);
  expect((await store.list('t', { limit: 10, order: 'asc' })).conversations).toEqual([kept]);
});
