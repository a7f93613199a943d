import type { Caller, CallerLimits } from '../ports/caller.ts';
import type { Meter, MeterAmount, MeterState } from '../ports/quota-store.ts';

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

const millionth = 1e-6;

/**
 * How a meter stands: for authors of quota stores.
 *
 * @param remaining What is left in it; below 0 when it was overdrawn.
 * @param now Unix time in milliseconds.
 */
export function toMeterState({ meter, amount }: MeterAmount, remaining: number, now: number): MeterState {
  if (meter.kind === 'budget') {
    const leftMs = Math.max(0, meter.endsAt - now);
    return { remaining, waitMs: hasEnough(remaining, amount) ? 0 : leftMs, resetMs: remaining < meter.limit ? leftMs : 0 };
  }
  return {
    remaining,
    // For an amount of 0 there must be something: a little more than nothing.
    waitMs: hasEnough(remaining, amount) ? 0 : Math.ceil(timeFor(meter, Math.max(amount, millionth) - remaining)),
    resetMs: Math.ceil(timeFor(meter, meter.limit - remaining)),
  };
}

/** Whether so much can be taken; something must be left in any case. To a millionth, since a tenth taken ten times is not quite one. */
export function hasEnough(remaining: number, amount: number): boolean {
  const left = Math.round(remaining / millionth);
  return left > 0 && left >= Math.round(amount / millionth);
}

/** How long a bucket takes to get so much. One of a limit of 0 never gets anything: as long as it takes others to fill. */
function timeFor({ limit, periodMs }: Extract<Meter, { kind: 'bucket' }>, amount: number): number {
  return limit > 0 ? (amount * periodMs) / limit : periodMs;
}
