import type { Caller, CallerLimits } from '../ports/caller.ts';
import type { Meter } from '../ports/quota-store.ts';

/** The limits of a caller that are counted by meters. */
export type MeteredLimit = Exclude<keyof CallerLimits, 'concurrentTurns'>;

export interface CallerMeter {
  readonly name: MeteredLimit;
  readonly meter: Meter;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** The meters of a caller's limits, of those that there are. `now` is Unix time in milliseconds. */
export function toMeters({ tenant, limits = {} }: Caller, now: number): CallerMeter[] {
  const meters: CallerMeter[] = [];

  function add(name: MeteredLimit, toMeter: (limit: number) => Meter): void {
    const limit = limits[name];
    if (limit !== undefined) meters.push({ name, meter: toMeter(limit) });
  }

  const bucket = (what: string) => (limit: number) => ({ kind: 'bucket', key: `${what}:${tenant}`, limit, periodMs: minuteMs }) as const;
  const budget =
    (what: string, { name, endsAt }: Period) =>
    (limit: number) =>
      ({ kind: 'budget', key: `${what}:${name}:${tenant}`, limit, endsAt }) as const;

  add('requestsPerMinute', bucket('requests'));
  add('tokensPerMinute', bucket('tokens'));
  add('tokensPerDay', budget('tokens', dayOf(now)));
  add('tokensPerMonth', budget('tokens', monthOf(now)));
  add('usdPerDay', budget('usd', dayOf(now)));
  add('usdPerMonth', budget('usd', monthOf(now)));
  return meters;
}

interface Period {
  /** `2026-11-23` or `2026-11` */
  readonly name: string;
  readonly endsAt: number;
}

function dayOf(now: number): Period {
  return { name: new Date(now).toISOString().slice(0, 10), endsAt: (Math.floor(now / dayMs) + 1) * dayMs };
}

function monthOf(now: number): Period {
  const date = new Date(now);
  return { name: date.toISOString().slice(0, 7), endsAt: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) };
}
