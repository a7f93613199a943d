import type { Meter, MeterAmount, MeterState } from '../ports/limit-store.ts';

/** Says how a meter stands that has so much left. `now` is Unix time in milliseconds. */
export function toMeterState({ meter, amount }: MeterAmount, remaining: number, now: number): MeterState {
  if (meter.kind === 'budget') {
    const leftMs = Math.max(0, meter.endsAt - now);
    return { remaining, waitMs: hasEnough(remaining, amount) ? 0 : leftMs, resetMs: remaining < meter.limit ? leftMs : 0 };
  }
  return {
    remaining,
    // Of an amount of 0 there must be something: a little more than nothing.
    waitMs: hasEnough(remaining, amount) ? 0 : Math.floor(timeFor(meter, amount - remaining)) + 1,
    resetMs: Math.ceil(timeFor(meter, meter.limit - remaining)),
  };
}

/** Whether so much can be taken; something must be left in any case. */
export function hasEnough(remaining: number, amount: number): boolean {
  return remaining > 0 && remaining >= amount;
}

/** How long a bucket takes to get so much. */
function timeFor(meter: Extract<Meter, { kind: 'bucket' }>, amount: number): number {
  return (amount / meter.limit) * meter.periodMs;
}
