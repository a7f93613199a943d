/** What a pool has seen of late. All times are of one clock, in milliseconds; lists have the oldest first. */
export interface PoolObservations {
  readonly now: number;
  /** When processes for new conversations were asked for. */
  readonly askedAt: readonly number[];
  /** How long it took, each time, from then until another one was ready in its place. */
  readonly replacedInMs: readonly number[];
  /** How long starts took. */
  readonly startsMs: readonly number[];
  /** How many processes wait for new conversations. */
  readonly ready: number;
  /** How many are being started for this pool. */
  readonly starting: number;
  /** When each process was started that is being started in any pool of this machine, this one included. */
  readonly startingSince: readonly number[];
  /** How many turns run. */
  readonly turns: number;
}

export interface PoolBounds {
  /** The fewest processes that wait. */
  readonly minIdle: number;
  /** The most processes that wait. */
  readonly maxIdle: number;
  /** The most processes that are started at once, of all pools, while turns run that could feel it. */
  readonly maxStarts: number;
}

export interface PoolPlan {
  /** How many processes are to wait. */
  readonly wanted: number;
  /** How many are to be started now. */
  readonly starts: number;
}

/** How many observations of each kind are of use. */
export const rememberedByPool = 20;
/** What was asked for longer ago says nothing of what is asked for now. */
const longestMemoryMs = 4 * 3_600_000;
/** How long it takes to replace a process is assumed to be this, before one has been replaced. */
const assumedReplacementMs = 1000;
/** How many of the last replacements say how long one takes now. */
const recentReplacements = 5;
/** A start that took this many times as long as the quickest one had to wait for the CPU, and so do turns. */
const slowStart = 1.5;

/**
 * Says how many processes are to wait for new conversations: the most that were asked for, of late, within the time that it takes now to
 * replace one. So there are enough for clients that ask for several things at once, such as an answer and its title. The missing processes are
 * started together when no turn runs; while turns run a few at a time, and one at a time while turns wait for the CPU.
 */
export function planPool(observations: PoolObservations, bounds: PoolBounds): PoolPlan {
  const wanted = Math.min(bounds.maxIdle, Math.max(bounds.minIdle, mostWithin(replacementMs(observations), observations)));
  const missing = wanted - observations.ready - observations.starting;
  const room = startsAtOnce(observations, bounds) - observations.startingSince.length;
  return { wanted, starts: Math.max(0, Math.min(missing, room)) };
}

function replacementMs({ replacedInMs }: PoolObservations): number {
  return replacedInMs.length === 0 ? assumedReplacementMs : Math.max(...replacedInMs.slice(-recentReplacements));
}

/** The most that were asked for within any such time. */
function mostWithin(spanMs: number, { now, askedAt }: PoolObservations): number {
  const recent = askedAt.filter((at) => now - at < longestMemoryMs);
  const counts = recent.map((start, index) => recent.slice(index).filter((at) => at - start <= spanMs).length);
  return Math.max(0, ...counts);
}

function startsAtOnce({ now, turns, startsMs, startingSince }: PoolObservations, { maxStarts }: PoolBounds): number {
  if (turns === 0) return Number.POSITIVE_INFINITY;
  const latest = Math.max(startsMs.at(-1) ?? 0, ...startingSince.map((since) => now - since));
  return latest > slowStart * Math.min(...startsMs) ? 1 : Math.max(1, maxStarts);
}

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
