import type { QuotaStore, Meter, MeterAmount } from '../ports/quota-store.ts';
import { hasEnough, toMeterState } from './meters.ts';

/** What a test may give a quota store in memory. */
export interface MemoryQuotaStoreOptions {
  /** Unix time in milliseconds. Default: the clock's. */
  readonly now?: () => number;
}

/** A bucket with what was left in it at a time, or a budget with what was taken. */
type Level =
  | { readonly kind: 'bucket'; left: number; at: number; readonly fullAfterMs: number }
  | { readonly kind: 'budget'; used: number; readonly endsAt: number };

const fewLevels = 1000;

/** Makes a quota store that counts in memory, for one gateway alone. It forgets buckets that are full again and budgets that are over. */
export function createMemoryQuotaStore({ now = Date.now }: MemoryQuotaStoreOptions = {}): QuotaStore {
  const levels = new Map<string, Level>();
  const places = new Map<string, number>();
  let sweepAt = fewLevels;

  function remainingOf({ key, kind, limit, ...meter }: Meter, time: number): number {
    const level = levels.get(key);
    if (level?.kind !== kind) return limit;
    if (level.kind === 'budget') return limit - level.used;
    // A clock that was set back gives nothing, and takes nothing either.
    const elapsedMs = Math.max(0, time - level.at);
    return 'periodMs' in meter ? Math.min(limit, level.left + (elapsedMs * limit) / meter.periodMs) : limit;
  }

  function take({ meter, amount }: MeterAmount, remaining: number, time: number): number {
    if (meter.kind === 'budget') levels.set(meter.key, { kind: 'budget', used: meter.limit - remaining + amount, endsAt: meter.endsAt });
    else {
      const left = remaining - amount;
      // A bucket of a limit of 0 never has anything: it need not be remembered.
      const fullAfterMs = meter.limit > 0 ? ((meter.limit - left) * meter.periodMs) / meter.limit : 0;
      levels.set(meter.key, { kind: 'bucket', left, at: time, fullAfterMs });
    }
    return remaining - amount;
  }

  function sweep(time: number): void {
    if (levels.size < sweepAt) return;
    for (const [key, level] of levels) {
      const isOver = level.kind === 'budget' ? level.endsAt <= time : time - level.at >= level.fullAfterMs;
      if (isOver) levels.delete(key);
    }
    sweepAt = Math.max(fewLevels, 2 * levels.size);
  }

  return {
    async take(amounts, must) {
      const time = now();
      sweep(time);
      const remaining = amounts.map(({ meter }) => remainingOf(meter, time));
      const taken = !must || amounts.every(({ amount }, index) => hasEnough(remaining[index] ?? 0, amount));
      const states = amounts.map((each, index) => {
        const before = remaining[index] ?? 0;
        // Written even when nothing is taken: the clock may have been set back.
        const left = taken ? take(each, before, time) : take({ ...each, amount: 0 }, before, time);
        return toMeterState(taken ? { ...each, amount: 0 } : each, left, time);
      });
      return { taken, states };
    },
    async enter(key, limit) {
      const inside = places.get(key) ?? 0;
      if (inside >= limit) return undefined;
      places.set(key, inside + 1);
      let given = true;
      return async () => {
        if (!given) return;
        given = false;
        const left = (places.get(key) ?? 1) - 1;
        if (left === 0) places.delete(key);
        else places.set(key, left);
      };
    },
  };
}
