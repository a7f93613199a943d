import type { Caller } from '../ports/caller.ts';
import type { MeterState, QuotaStore } from '../ports/quota-store.ts';
import { toMeters, type MeteredLimit } from './to-meters.ts';

export interface LimitState extends Pick<MeterState, 'remaining' | 'resetMs'> {
  readonly name: MeteredLimit;
  readonly limit: number;
}

/** How the limits of a caller stand now, of those that are counted. `now` is Unix time in milliseconds. */
export async function readLimits(store: QuotaStore, caller: Caller, now: number): Promise<LimitState[]> {
  const meters = toMeters(caller, now);
  if (meters.length === 0) return [];
  // What takes nothing changes nothing.
  const { states } = await store.take(
    meters.map(({ meter }) => ({ meter, amount: 0 })),
    false,
  );
  return meters.flatMap(({ name, meter: { limit } }, index) => {
    const state = states[index];
    return state === undefined ? [] : [{ name, limit, remaining: state.remaining, resetMs: state.resetMs }];
  });
}
