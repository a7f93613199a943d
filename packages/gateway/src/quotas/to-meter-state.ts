import type { Meter, MeterAmount, MeterState } from '../ports/quota-store.ts';

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
