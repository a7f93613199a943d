import { describe, expect, test, vi } from 'vitest';
import { storesContract } from '../../testing/stores-contract.ts';
import { createConversationStore } from '../conversations/create-conversation-store.ts';
import { createDurableObjectStorage, type DurableObjectStorage } from '../local/create-durable-object-storage.ts';
import { createLocalBackend } from '../local/create-local-backend.ts';
import type { Storage } from '../unstorage-types.ts';
import { createServedBackend } from './create-served-backend.ts';
import { createLeases } from './leases.ts';
import { serveBackend } from './serve-backend.ts';

/** As a Durable Object has it, within its bounds; what is written in one go is there at once. */
function createObjectStorage(): { storage: DurableObjectStorage; kept: Map<string, unknown> } {
  const kept = new Map<string, unknown>();
  const checked = <Keys extends { length: number }>(keys: Keys): Keys => {
    if (keys.length > 128) throw new Error('More than 128 keys.');
    return keys;
  };
  const storage: DurableObjectStorage = {
    get: async (keys) => new Map(checked(keys).flatMap((key) => (kept.has(key) ? [[key, kept.get(key)]] : []))),
    async put(entries) {
      for (const [key, value] of checked(Object.entries(entries))) {
        if (key.length > 1000 || (typeof value === 'string' && value.length > 65_536)) throw new Error('It is too large.');
        kept.set(key, value);
      }
    },
    delete: async (keys) => checked(keys).filter((key) => kept.delete(key)).length,
    list: async ({ prefix, startAfter = '', limit }) =>
      new Map(
        [...kept]
          .toSorted(([one], [other]) => (one < other ? -1 : 1))
          .filter(([key]) => key.startsWith(prefix) && key > startAfter)
          .slice(0, limit),
      ),
  };
  return { storage, kept };
}

const serve = (storage: Storage) => serveBackend(createLocalBackend({ storage }));

describe('a place of one, that many share', () => {
  const contract = storesContract({
    async open(count) {
      const served = serve(createDurableObjectStorage(createObjectStorage().storage));
      return Array.from({ length: count }, () => createServedBackend({ fetch: served }));
    },
    sharing: 'shared',
  });
  for (const check of contract) test(check.name, check.run);

  test('has one secret, also for those who ask for it at the same time', async () => {
    const served = serve(createDurableObjectStorage(createObjectStorage().storage));
    const secrets = await Promise.all(Array.from({ length: 5 }, () => createServedBackend({ fetch: served }).secret()));
    expect(new Set(secrets).size).toBe(1);
  });

  test('that is away, answers nothing, or answers something else is a 503', async () => {
    vi.useFakeTimers();
    try {
      const places = [
        () => Promise.reject(new Error('away')),
        () => new Promise<never>(() => {}),
        async () => Response.json({ value: 'odd' }),
        async () => new Response('<html>', { status: 200 }),
        async () => new Response(null, { status: 500 }),
      ];
      for (const place of places) {
        const backend = createServedBackend({ fetch: place });
        const store = createConversationStore({ backend, ttlMs: 1000, logger: { debug() {}, info() {}, warn() {}, error() {} } });
        const failing = Promise.all([
          store.read('a', 'conv_1').catch((error: unknown) => error),
          store.hold('a', 'conv_1').catch((error: unknown) => error),
          backend.quotas.take([], true).catch((error: unknown) => error),
        ]);
        await vi.advanceTimersByTimeAsync(3000);
        for (const error of await failing) expect(error).toMatchObject({ status: 503, code: 'storage_unavailable' });
        await store.close();
      }
    } finally {
      vi.useRealTimers();
    }
  });

  test.each(['/', '/records', '/toString', '/records/nothing', '/records/commit'])(
    'what is no operation, or not of its form, changes nothing: %s',
    async (path) => {
      const { storage, kept } = createObjectStorage();
      const response = await serve(createDurableObjectStorage(storage))(
        new Request(`http://stores${path}`, { method: 'POST', body: '{"key":1}' }),
      );
      expect([404, 500]).toContain(response.status);
      expect(await response.text()).toBe('');
      expect(kept.size).toBe(0);
    },
  );
});

describe('in the storage of a Durable Object', () => {
  test('items of any size come back, and nothing of what they replace is left', async () => {
    const { storage, kept } = createObjectStorage();
    const items = createDurableObjectStorage(storage);
    for (const length of [10, 59_990, 60_000, 9_000_000, 130_000, 1]) {
      const item = { text: '\ud83d\ude00x'.repeat(length / 3), __proto__: null };
      await items.setItem('key', item);
      expect(((await items.getItem('key')) as typeof item).text === item.text).toBe(true);
    }
    expect([...kept.keys()]).toEqual(['item:key', 'piece:0:key']);
    await items.removeItem('key');
    expect(kept.size).toBe(0);
    expect(await items.getItem('key')).toBeNull();
  });

  test('side by side they are as whole', async () => {
    const { storage, kept } = createObjectStorage();
    const items = createDurableObjectStorage(storage);
    const lengths = [200_000, 5, 100_000, 70_000];
    await Promise.all(lengths.map((length) => items.setItem('key', { text: String(length).repeat(length) })));
    expect(JSON.stringify(await items.getItem('key'))).toHaveLength(70_000 * 5 + 11);
    expect(kept.size).toBe(1 + 6);
  });

  test('what is over is gone, and its room is free within an hour', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const { storage, kept } = createObjectStorage();
      const { storage: items } = createServedBackend({ fetch: serve(createDurableObjectStorage(storage)) });
      await items.setItem('stays', { text: 'x' });
      await items.setItem('cache:1', { text: 'x'.repeat(100_000) }, { ttl: 60 });
      await items.setItem('cache:2', { text: 'x' }, { ttl: 7200 });
      vi.advanceTimersByTime(59_999);
      expect(await items.getItem('cache:1')).toMatchObject({ text: expect.stringMatching(/^x+$/) as string });
      vi.advanceTimersByTime(1);
      expect(await items.getItem('cache:1')).toBeNull();
      vi.advanceTimersByTime(3_600_000);
      await items.setItem('cache:3', { text: 'x' }, { ttl: 60 });
      await vi.waitFor(() => expect(kept.size).toBe(6));
      expect((await items.getKeys()).toSorted()).toEqual(['cache:2', 'cache:3', 'stays']);
    } finally {
      vi.useRealTimers();
    }
  });

  test('thousands are listed, by what they begin with', async () => {
    const items = createDurableObjectStorage(createObjectStorage().storage);
    for (let count = 0; count < 2500; count += 1) await items.setItem(`a:${count}`, {});
    await items.setItem('b:1', {});
    expect(new Set(await items.getKeys('a:')).size).toBe(2500);
    expect(await items.getKeys()).toHaveLength(2501);
  });
});

test('what is lent goes to another when it is not renewed in time, and back to nobody else', async () => {
  let time = 0;
  let holder: string | undefined;
  const leases = createLeases(() => time);
  const keep = (token: string): Promise<boolean> =>
    leases.keep(token, 3000, async () => {
      if (holder !== undefined) return undefined;
      holder = token;
      return async () => void (holder = undefined);
    });
  expect([await keep('one'), await keep('other')]).toEqual([true, false]);
  time = 2900;
  expect(await keep('one')).toBe(true);
  time = 5000;
  expect(await keep('other')).toBe(false);
  time = 5900;
  expect(await keep('other')).toBe(true);
  await leases.release('one');
  expect(holder).toBe('other');
  expect(await keep('one')).toBe(false);
  await leases.release('other');
  expect(await keep('one')).toBe(true);
});

test('what is given back while it is being taken is had by nobody, and what can not be taken is tried anew', async () => {
  let free = 1;
  const waiting: (() => void)[] = [];
  const leases = createLeases();
  const keep = (token: string): Promise<boolean> =>
    leases.keep(token, 30_000, async () => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      if (free === 0) return undefined;
      free -= 1;
      return async () => void (free += 1);
    });
  const go = (): void => waiting.splice(0).forEach((each) => each());
  const taking = keep('one');
  await vi.waitFor(() => expect(waiting).toHaveLength(1));
  await leases.release('one');
  go();
  expect([await taking, free]).toEqual([false, 1]);
  // It is asked for again before the first is given back, and by two at a time.
  const first = keep('two');
  await vi.waitFor(() => expect(waiting).toHaveLength(1));
  await leases.release('two');
  const again = [keep('two'), keep('two')];
  await vi.waitFor(() => expect(waiting).toHaveLength(2));
  go();
  expect([await first, free]).toEqual([false, expect.any(Number)]);
  await Promise.all(again);
  await leases.release('two');
  expect(free).toBe(1);
  await expect(leases.keep('three', 1000, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await leases.keep('three', 1000, async () => async () => {})).toBe(true);
});

test('who hears too late that it has a hold gives it back, and others have it at once', async () => {
  const served = serve(createDurableObjectStorage(createObjectStorage().storage));
  const key = { tenantKey: 'a', id: 'conv_1' };
  const lost = createServedBackend({
    async fetch(request) {
      const response = await served(request);
      return request.url.endsWith('/hold') ? Promise.reject(new Error('lost')) : response;
    },
  });
  await expect(lost.records.hold(key)).rejects.toMatchObject({ code: 'storage_unavailable' });
  const other = createServedBackend({ fetch: served });
  const release = await vi.waitFor(async () => (await other.records.hold(key)) ?? Promise.reject(new Error('It is held.')), {
    timeout: 2000,
  });
  await release();
});
