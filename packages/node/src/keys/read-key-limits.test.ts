import { createMemoryQuotaStore, type QuotaStore } from '@claude-code-api/gateway';
import { expect, test, vi } from 'vitest';
import { settingsSchema } from '../config/settings-schema.ts';
import { readKeyLimits } from './read-key-limits.ts';

const [one, other] = ['0', '1'].map((digit) => `sha256:${digit.repeat(64)}`);
const { server } = settingsSchema.parse({
  server: {
    api_keys: {
      ada: { hash: one, tokens_per_day: 1000, usd_per_month: 5, requests_per_minute: 60, concurrent_turns: 2 },
      eve: { hash: other },
    },
  },
});

test('tells each limit that is counted, by the name of its setting, and takes nothing', async () => {
  const store = createMemoryQuotaStore();
  const full = { key: 'ada', full_in_ms: 0 };
  for (let times = 0; times < 2; times += 1) {
    expect(await readKeyLimits(server.api_keys, store)).toEqual([
      { ...full, name: 'requests_per_minute', limit: 60, left: 60 },
      { ...full, name: 'tokens_per_day', limit: 1000, left: 1000 },
      { ...full, name: 'usd_per_month', limit: 5, left: 5 },
    ]);
  }
});

test('tells what was used, below nothing too', async () => {
  const store = createMemoryQuotaStore();
  let key = '';
  const watched: QuotaStore = {
    ...store,
    take: (amounts, must) => {
      key = amounts[1]?.meter.key ?? '';
      return store.take(amounts, must);
    },
  };
  await readKeyLimits(server.api_keys, watched);
  await store.take([{ meter: { kind: 'budget', key, limit: 1000, endsAt: Date.now() + 86_400_000 }, amount: 1200 }], false);
  const [, tokens] = await readKeyLimits(server.api_keys, store);
  expect(tokens).toMatchObject({ name: 'tokens_per_day', left: -200 });
  expect(tokens?.full_in_ms).toBeGreaterThan(0);
});

test('asks the store once, for however many keys', async () => {
  const store = createMemoryQuotaStore();
  const take = vi.spyOn(store, 'take');
  const keys = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`key${index}`, server.api_keys['ada'] ?? never()]));
  expect(new Set((await readKeyLimits(keys, store)).map(({ key }) => key)).size).toBe(50);
  expect(take).toHaveBeenCalledTimes(1);
});

function never(): never {
  throw new Error('It is in the settings above.');
}

test('a store that fails is no reason to tell nothing else', async () => {
  const failing: QuotaStore = { ...createMemoryQuotaStore(), take: () => Promise.reject(new Error('down')) };
  expect(await readKeyLimits(server.api_keys, failing)).toEqual([]);
});
