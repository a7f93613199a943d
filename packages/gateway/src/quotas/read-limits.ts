import type { Caller } from '../ports/caller.ts';
import type { MeterState, QuotaStore } from '../ports/quota-store.ts';
import { toMeters, type MeteredLimit } from './meters.ts';

/** How one limit of a caller stands; amounts are requests, tokens or US dollars, as its name says. */
export interface LimitState extends Pick<MeterState, 'remaining' | 'resetMs'> {
  readonly tenant: string;
  readonly name: MeteredLimit;
  readonly limit: number;
}

/** How the limits of callers stand now, of those that are counted; the store is asked once for all. `now` is Unix time in milliseconds. */
export async function readLimits(store: QuotaStore, callers: readonly Caller[], now: number): Promise<LimitState[]> {
  const meters = callers.flatMap((caller) => toMeters(caller, now).map((each) => ({ ...each, tenant: caller.tenant })));
  if (meters.length === 0) return [];
  // What takes nothing changes nothing.
  const { states } = await store.take(
    meters.map(({ meter }) => ({ meter, amount: 0 })),
    false,
  );
  return meters.flatMap(({ tenant, name, meter: { limit } }, index) => {
    const state = states[index];
    return state === undefined ? [] : [{ tenant, name, limit, remaining: state.remaining, resetMs: state.resetMs }];
  });
}
