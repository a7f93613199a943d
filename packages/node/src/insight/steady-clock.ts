export interface SteadyClockOptions {
  /** Unix time in milliseconds. */
  readonly now: () => number;
  /** Milliseconds since any time, which no setting of the clock changes. */
  readonly monotonicMs: () => number;
}

/** Measures by a clock that nobody sets, and tells the time by the one that may be set. */
export interface SteadyClock {
  /** Since this clock was made. */
  elapsedMs(): number;
  /** When it was that so much had passed, in whole seconds of Unix time, by the clock as it is set now. */
  toUnixSeconds(elapsedMs: number): number;
}

/** Below this the two clocks only tick a little differently, and times that were told stay as they are. */
const driftMs = 1000;

export function createSteadyClock({ now, monotonicMs }: SteadyClockOptions): SteadyClock {
  const startedAt = monotonicMs();
  const elapsedMs = (): number => monotonicMs() - startedAt;
  let startTime = now();
  return {
    elapsedMs,
    toUnixSeconds(elapsed) {
      const start = now() - elapsedMs();
      if (Math.abs(start - startTime) > driftMs) startTime = start;
      return Math.round((startTime + elapsed) / 1000);
    },
  };
}
