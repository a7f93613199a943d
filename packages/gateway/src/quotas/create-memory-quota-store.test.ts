import { describe, expect, test } from 'vitest';
import type { Meter } from '../ports/quota-store.ts';
import { quotaStoreContract } from '../testing/quota-store-contract.ts';
import { createMemoryQuotaStore } from './create-memory-quota-store.ts';

describe('keeps the contract', () => {
  for (const { name, run } of quotaStoreContract({ create: async () => [createMemoryQuotaStore()], sharing: 1 })) test(name, run);
});

const bucket: Meter = { kind: 'bucket', key: 'a', limit: 60, periodMs: 60_000 };

function open() {
  let time = 1_000_000;
  const store = createMemoryQuotaStore({ now: () => time });
  return {
    take: (amount: number, must = true, meter: Meter = bucket) => store.take([{ meter, amount }], must),
    wait: (ms: number) => void (time += ms),
  };
}

test('a bucket gets one more each second, and never more than it holds', async () => {
  const { take, wait } = open();
  await take(60);
  expect(await take(1)).toEqual({ taken: false, states: [{ remaining: 0, waitMs: 1000, resetMs: 60_000 }] });
  wait(1500);
  expect(await take(1)).toMatchObject({ taken: true, states: [{ remaining: 0.5 }] });
  wait(1_000_000);
  expect(await take(0)).toEqual({ taken: true, states: [{ remaining: 60, waitMs: 0, resetMs: 0 }] });
});

test('after the wait that it tells there is enough', async () => {
  const { take, wait } = open();
  for (const amount of [0, 1, 7.5]) {
    await take(200, false);
    const { states } = await take(amount);
    wait(states[0]!.waitMs);
    expect((await take(amount)).taken).toBe(true);
  }
});

test('a clock that is set back neither gives nor keeps anything back', async () => {
  const { take, wait } = open();
  await take(60);
  wait(-3_600_000);
  expect((await take(1)).taken).toBe(false);
  wait(2000);
  expect((await take(2)).taken).toBe(true);
});

test('fractions add up to a millionth: three tenths are taken in three parts, and then there is nothing', async () => {
  const { take } = open();
  const meter: Meter = { kind: 'budget', key: 'usd', limit: 0.3, endsAt: 2_000_000 };
  for (let part = 0; part < 3; part += 1) expect((await take(0.1, true, meter)).taken).toBe(true);
  expect((await take(0, true, meter)).taken).toBe(false);
});

test('of a limit of 0 there is nothing, and it is worth asking again after a period', async () => {
  const { take } = open();
  expect(await take(0, true, { ...bucket, limit: 0 })).toMatchObject({ taken: false, states: [{ remaining: 0, waitMs: 60_000 }] });
  expect(await take(5, false, { ...bucket, limit: 0 })).toMatchObject({ taken: true });
});

test('what is full again, or over, takes no memory', async () => {
  const { take, wait } = open();
  for (let round = 0; round < 20; round += 1) {
    for (let index = 0; index < 1000; index += 1) {
      await take(1, true, { kind: 'budget', key: `${round}/${index}`, limit: 2, endsAt: 1_000_000 + (round + 1) * 60_000 });
    }
    wait(60_000);
  }
  // A budget that is over has been forgotten: were it asked for again, nothing would be known of it.
  const before = await take(0, true, { kind: 'budget', key: '0/0', limit: 2, endsAt: 1_060_000 });
  expect(before.states[0]!.remaining).toBe(2);
});
