import type { QuotaStore, Meter } from '../ports/quota-store.ts';
import { mustOf, type Must } from './expectations.ts';
import type { ContractCheck } from './runner-contract.ts';

/** How the contract makes the stores that it checks. */
export interface QuotaStoreContractOptions {
  /** Makes so many stores that count in one place, in which nothing is counted yet. */
  readonly create: (count: number) => Promise<readonly QuotaStore[]>;
  /** How many stores of one place there can be. */
  readonly sharing: number;
}

const must: Must = mustOf('QuotaStore');
const minuteMs = 60_000;
const bucket = (key: string, limit: number): Meter => ({ kind: 'bucket', key, limit, periodMs: minuteMs });
const budget = (key: string, limit: number): Meter => ({ kind: 'budget', key, limit, endsAt: Date.now() + minuteMs });

/** What every `QuotaStore` must do, as checks that throw, for any test framework; see `runnerContract`. */
export function quotaStoreContract({ create, sharing }: QuotaStoreContractOptions): ContractCheck[] {
  const check: Check = (name, run) => ({
    name,
    async run() {
      const stores = await create(sharing);
      const [store, other = store] = stores;
      if (store === undefined || other === undefined) throw new Error('No store was made.');
      await run(store, other);
    },
  });
  return [...meterChecks(check), ...placeChecks(check)];
}

type Check = (name: string, run: (store: QuotaStore, other: QuotaStore) => Promise<void>) => ContractCheck;

function meterChecks(check: Check): ContractCheck[] {
  return [
    check('a bucket is full at first, gives what it has, and no more', async (store) => {
      const meter = bucket('a', 2);
      const start = Date.now();
      mustTake(await store.take([{ meter, amount: 1 }], true), true, [1]);
      mustTake(await store.take([{ meter, amount: 1 }], true), true, [0]);
      const refused = await store.take([{ meter, amount: 1 }], true);
      // What a slow store has taken for this has come back already.
      const spentMs = Date.now() - start;
      mustTake(refused, false, [0]);
      const [state] = refused.states;
      must(state !== undefined && state.waitMs > 25_000 - spentMs && state.waitMs <= 30_001, 'half a minute until there is one again');
      must(state !== undefined && state.resetMs > 55_000 - spentMs && state.resetMs <= minuteMs, 'a minute until it is full again');
    }),
    check('a bucket refills evenly', async (store) => {
      const meter: Meter = { kind: 'bucket', key: 'a', limit: 10, periodMs: 2000 };
      const start = Date.now();
      mustTake(await store.take([{ meter, amount: 10 }], true), true, [0]);
      const refused = await store.take([{ meter, amount: 10 }], true);
      if (Date.now() - start < 1900) mustTake(refused, false);
      await mustComeBack(store, [{ meter, amount: 2 }], start + 400);
      await mustComeBack(store, [{ meter, amount: 10 }], start + 2400);
    }),
    check('a budget gives what it has, and is another with another key', async (store) => {
      const start = Date.now();
      const meter = budget('2026-01', 1);
      mustTake(await store.take([{ meter, amount: 0.4 }], true), true, [0.6]);
      mustTake(await store.take([{ meter, amount: 0.7 }], true), false, [0.6]);
      mustTake(await store.take([{ meter, amount: 0.6 }], true), true, [0]);
      const refused = await store.take([{ meter, amount: 0 }], true);
      mustTake(refused, false, [0]);
      must((refused.states[0]?.waitMs ?? 0) > 50_000 - (Date.now() - start), 'it has something again when it ends');
      mustTake(await store.take([{ meter: budget('2026-02', 1), amount: 1 }], true), true, [0]);
    }),
    check('an amount of 0 asks for something to be there, and takes nothing', async (store) => {
      const meter = bucket('a', 1);
      mustTake(await store.take([{ meter, amount: 0 }], true), true, [1]);
      // One too many: of an empty bucket there is something again in no time.
      mustTake(await store.take([{ meter, amount: 2 }], false), true, [-1]);
      mustTake(await store.take([{ meter, amount: 0 }], true), false, [-1]);
    }),
    check('several are taken from all or from none', async (store) => {
      const [full, small] = [bucket('full', 10), budget('small', 1)];
      mustTake(
        await store.take(
          [
            { meter: full, amount: 5 },
            { meter: small, amount: 2 },
          ],
          true,
        ),
        false,
        [10, 1],
      );
      mustTake(
        await store.take(
          [
            { meter: full, amount: 5 },
            { meter: small, amount: 1 },
          ],
          true,
        ),
        true,
        [5, 0],
      );
    }),
    check('what must not be refused is taken, below nothing, and has to come back first', async (store) => {
      const [meter, other] = [bucket('a', 10), budget('b', 10)];
      mustTake(
        await store.take(
          [
            { meter, amount: 30 },
            { meter: other, amount: 30 },
          ],
          false,
        ),
        true,
        [-20, -20],
      );
      const refused = await store.take([{ meter, amount: 0 }], true);
      mustTake(refused, false);
      must((refused.states[0]?.waitMs ?? 0) > 100_000, 'it takes two minutes to come back');
      mustTake(await store.take([{ meter: other, amount: 0 }], true), false, [-20]);
    }),
    check('a limit that has become another counts what was taken', async (store) => {
      await store.take([{ meter: budget('a', 10), amount: 6 }], true);
      mustTake(await store.take([{ meter: budget('a', 20), amount: 0 }], true), true, [14]);
      mustTake(await store.take([{ meter: budget('a', 5), amount: 0 }], true), false, [-1]);
    }),
    check('fractions are kept to a millionth, and add up', async (store) => {
      const meter = budget('a', 0.3);
      for (let part = 0; part < 3; part += 1) mustTake(await store.take([{ meter, amount: 0.1 }], true), true);
      mustTake(await store.take([{ meter, amount: 0 }], true), false);
      mustTake(await store.take([{ meter: budget('a', 0.300_001), amount: 0 }], true), true);
    }),
    check('a hundred at once get no more than there is', async (store, other) => {
      const amounts = [
        // So slow that nothing comes back meanwhile.
        { meter: { ...bucket('a', 30), periodMs: 60 * minuteMs }, amount: 1 },
        { meter: budget('b', 20), amount: 1 },
      ];
      const results = await Promise.all(Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? store : other).take(amounts, true)));
      mustBe(results.filter(({ taken }) => taken).length, 20, 'as many as the smaller has');
      mustBe(Math.floor((await store.take(amounts, true)).states[0]?.remaining ?? 0), 10, 'the refused ones took nothing');
    }),
  ];
}

function placeChecks(check: Check): ContractCheck[] {
  return [
    check('places are as many as there may be, and free again when they are given back', async (store, other) => {
      const first = await store.enter('a', 2);
      const second = await other.enter('a', 2);
      must(first !== undefined && second !== undefined, 'there are two');
      mustBe(await store.enter('a', 2), undefined, 'there is no third');
      mustBe(await other.enter('a', 2), undefined, 'there is no third elsewhere');
      must((await store.enter('b', 2)) !== undefined, 'another key has its own');
      await first?.();
      await first?.();
      must((await other.enter('a', 2)) !== undefined, 'one is free again');
      mustBe(await store.enter('a', 2), undefined, 'what is given back twice is one place');
    }),
    check('a hundred at once get no more places than there are', async (store, other) => {
      const results = await Promise.all(Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? store : other).enter('a', 7)));
      mustBe(results.filter((leave) => leave !== undefined).length, 7, 'seven are in');
      for (const leave of results) await leave?.();
      must((await store.enter('a', 1)) !== undefined, 'all have left');
    }),
    check('keys may have any characters', async (store) => {
      const keys = ['a', 'a:b', 'a/b', 'a b', '', '*', '{x}', '__proto__', 'é€😀', '\n', 'A'];
      for (const key of keys) {
        mustTake(await store.take([{ meter: bucket(`bucket:${key}`, 1), amount: 1 }], true), true);
        mustTake(await store.take([{ meter: budget(`budget:${key}`, 1), amount: 1 }], true), true);
        must((await store.enter(key, 1)) !== undefined, `there is a place for ${JSON.stringify(key)}`);
      }
    }),
  ];
}

function mustTake(result: Awaited<ReturnType<QuotaStore['take']>>, taken: boolean, remaining: readonly number[] = []): void {
  mustBe(result.taken, taken, `it ${taken ? 'gives' : 'gives not'}`);
  remaining.forEach((expected, index) => {
    const { remaining: left = Number.NaN } = result.states[index] ?? {};
    // A bucket has had some time to refill.
    must(left >= expected - 0.000_001 && left < expected + 0.5, `${expected} is left, not ${left}`);
  });
}

/** Asks until it is given; that must not be before the time. */
async function mustComeBack(store: QuotaStore, amounts: Parameters<QuotaStore['take']>[0], time: number): Promise<void> {
  // Generous, for busy machines.
  const end = Date.now() + 15_000;
  while (!(await store.take(amounts, true)).taken) {
    must(Date.now() < end, 'what was taken comes back');
    await pause(20);
  }
  must(Date.now() > time - 50, 'it comes back evenly, not before its time');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}

function mustBe(actual: unknown, expected: unknown, what: string): void {
  must(Object.is(actual, expected), `${what} (it is ${String(actual)})`);
}
