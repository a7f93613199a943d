/** Counts what callers use, for all gateways that share it. */
export interface QuotaStore {
  /**
   * Takes amounts from meters, in one step: with `must`, only when every one of them has as much left (something, for an amount
   * of 0), otherwise in any case, and a meter can then be overdrawn.
   *
   * @returns Whether it was taken, and how each meter stands now, in the same order.
   */
  take(amounts: readonly MeterAmount[], must: boolean): Promise<TakeResult>;
  /**
   * Takes one of `limit` places, which a gateway that dies gives back within a minute.
   *
   * @returns What gives it back; calling it again does nothing. Undefined when all are taken.
   */
  enter(key: string, limit: number): Promise<(() => Promise<void>) | undefined>;
}

/** A limit on one thing. Two of the same key are the same thing; the key has any characters. */
export type Meter =
  /** Is full at first, and refills evenly: by `limit` in `periodMs`. */
  | { readonly kind: 'bucket'; readonly key: string; readonly limit: number; readonly periodMs: number }
  /** Full until `endsAt` (Unix milliseconds) it is only taken from; the next one has another key. */
  | { readonly kind: 'budget'; readonly key: string; readonly limit: number; readonly endsAt: number };

/** An amount to take from a meter. */
export interface MeterAmount {
  readonly meter: Meter;
  /** At least 0; fractions are kept to a millionth. */
  readonly amount: number;
}

/** What `QuotaStore.take` has done. */
export interface TakeResult {
  readonly taken: boolean;
  readonly states: readonly MeterState[];
}

/** How a meter stands. */
export interface MeterState {
  /** What is left; below 0 when it was overdrawn. */
  readonly remaining: number;
  /** Until it has as much as was asked for, in milliseconds; 0 when it has. */
  readonly waitMs: number;
  /** Until it is full again. */
  readonly resetMs: number;
}
