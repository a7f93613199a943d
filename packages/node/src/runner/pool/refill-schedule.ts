export interface RefillSchedule {
  /** A turn begins; the function it returns says that it has ended. */
  begin(): () => void;
  /** How many turns run. */
  readonly turns: number;
  close(): void;
}

/** A turn has asked the API by then, and waits for it: what it waits for no start keeps up. */
const longestDelayMs = 500;

/** Starting a process takes half a second of CPU: it is done when no turn would feel it, or at the latest after half a second. */
export function createRefillSchedule(refill: () => void): RefillSchedule {
  let turns = 0;
  let timer: NodeJS.Timeout | undefined;

  function schedule(delayMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = undefined;
      refill();
    }, delayMs);
    timer.unref();
  }

  return {
    get turns() {
      return turns;
    },
    begin() {
      turns += 1;
      if (timer === undefined || turns === 1) schedule(longestDelayMs);
      return () => {
        turns -= 1;
        if (turns === 0) schedule(0);
      };
    },
    close: () => clearTimeout(timer),
  };
}
