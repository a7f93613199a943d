export interface RefillSchedule {
  /** A turn begins; the function it returns says that it has ended. */
  begin(): () => void;
  close(): void;
}

const longestDelayMs = 2000;

/** Starting a process takes most of a second of CPU: it is done when no turn would feel it, or at the latest after two seconds. */
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
