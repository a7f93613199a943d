/** What a pool has seen of late. All times are of one clock, in milliseconds; lists have the oldest first. */
export interface PoolObservations {
  readonly now: number;
  /** When processes for new conversations were asked for. */
  readonly askedAt: readonly number[];
  /** How long it took, each time, from then until another one was ready in its place. */
  readonly replacedInMs: readonly number[];
  /** How long starts took. */
  readonly startsMs: readonly number[];
  /** So many wait. */
  readonly ready: number;
  /** So many are being started to wait as well. */
  readonly starting: number;
  /** When those were started that are being started in all pools of this machine, this one's among them. */
  readonly startingSince: readonly number[];
  /** So many turns run. */
  readonly turns: number;
}

export interface PoolBounds {
  /** As many processes wait at any time. */
  readonly minIdle: number;
  /** As many wait at most. */
  readonly maxIdle: number;
  /** As many are started at once at most, of all pools, while turns run that could feel it. */
  readonly maxStarts: number;
}

export interface PoolPlan {
  /** As many are to wait. */
  readonly wanted: number;
  /** As many are to be started now. */
  readonly starts: number;
}

/** As many observations of a kind are of use. */
export const rememberedByPool = 20;
/** Asked for longer ago, processes tell nothing of what is asked for now. */
const longestMemoryMs = 4 * 3_600_000;
/** As long does it take to replace a process, as long as none has been. */
const assumedReplacementMs = 1000;
/** Replacements that tell how long one takes now. */
const recentReplacements = 5;
/** A start that took so many times as long as the quickest one had to wait for the CPU, and so do turns. */
const slowStart = 1.5;

/**
 * Says how many processes are to wait for new conversations: as many as were asked for at most, of late, within the time that it takes now to
 * replace one. That is as well how clients ask at once for what belongs together, a title beside an answer for instance. Those that are
 * missing are started together when no turn runs; else a few at a time, and one while turns wait for the CPU.
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
