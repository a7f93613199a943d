import type { MeterAmount } from '../../ports/quota-store.ts';

/** What was taken of budgets that is not told to others yet. */
export interface OwedBudgets {
  /** Buckets are left out: they refill sooner than it would matter. */
  add(amounts: readonly MeterAmount[]): void;
  /** Gives all that is owed, once, without the budgets that have ended. */
  collect(now: number): readonly MeterAmount[];
}

export function createOwedBudgets(): OwedBudgets {
  const owed = new Map<string, MeterAmount>();
  return {
    add(amounts) {
      for (const { meter, amount } of amounts) {
        if (meter.kind === 'bucket' || amount <= 0) continue;
        owed.set(meter.key, { meter, amount: amount + (owed.get(meter.key)?.amount ?? 0) });
      }
    },
    collect(now) {
      const amounts = [...owed.values()].filter(({ meter }) => meter.kind === 'budget' && meter.endsAt > now);
      owed.clear();
      return amounts;
    },
  };
}
