import { changeSince, takeSnapshot, type Snapshot, type Reading } from './reading.ts';
import type { WatchedState } from './state-watch.ts';
import type { StatsWindow, TimelinePoint } from './stats.ts';
import type { SteadyClock } from './steady-clock.ts';
import { toStatsWindow } from './to-stats-window.ts';

export interface StatsHistoryOptions {
  readonly clock: SteadyClock;
  readonly read: () => Promise<Reading>;
  readonly readState: () => Promise<WatchedState>;
  /** Another number each time that something was counted. */
  readonly changes: () => number;
}

/** The numbers of the last 15 minutes, in steps of ten seconds. */
export interface StatsHistory {
  /** Takes the next step. It never fails. */
  step(): Promise<void>;
  /** What was counted in the last minutes, up to a reading; all of it, when there are not so many. Exact to half a step. */
  lastMinutes(minutes: number, reading: Reading): StatsWindow;
  timeline(): TimelinePoint[];
}

interface Step {
  readonly elapsedMs: number;
  readonly changes: number;
  /** Steps in which nothing happened share it. */
  readonly snapshot: Snapshot;
  /** Absent in the first one, at the start. */
  readonly point?: Omit<TimelinePoint, 'time'>;
}

/** 15 minutes have so many steps. */
const maxSteps = 90;

/**
 * A step takes 8 bytes for each series, unless nothing was counted in it: a megabyte in all with a few models and keys. There are
 * at most some 15,000 series (see `label-sets.ts`), which take 11 MB.
 */
export function createStatsHistory({ clock, read, readState, changes }: StatsHistoryOptions): StatsHistory {
  let last: Step = { elapsedMs: clock.elapsedMs(), changes: changes(), snapshot: new Map() };
  const steps = [last];

  async function count(before: Step): Promise<{ readonly snapshot: Snapshot; readonly window: StatsWindow }> {
    // Nothing happened: nothing needs to be read.
    if (before.changes === changes()) return { snapshot: before.snapshot, window: toStatsWindow(new Map()) };
    const reading = await read();
    return { snapshot: takeSnapshot(reading), window: toStatsWindow(changeSince(before.snapshot, reading)) };
  }

  return {
    async step() {
      const elapsedMs = clock.elapsedMs();
      // Before it is read, so that what comes meanwhile is seen next time.
      const seen = changes();
      const { snapshot, window } = await count(last);
      const point = toPoint(window, await readState());
      last = { elapsedMs, changes: seen, snapshot, point };
      steps.push(last);
      if (steps.length > maxSteps + 1) steps.shift();
    },
    lastMinutes(minutes, reading) {
      const start = clock.elapsedMs() - minutes * 60_000;
      const distance = (step: Step): number => Math.abs(step.elapsedMs - start);
      const nearest = steps.reduce((best, step) => (distance(step) < distance(best) ? step : best));
      return toStatsWindow(changeSince(nearest.snapshot, reading));
    },
    timeline() {
      // The oldest is only where the next one begins.
      return steps
        .slice(1)
        .flatMap(({ elapsedMs, point }) => (point === undefined ? [] : [{ time: clock.toUnixSeconds(elapsedMs), ...point }]));
    },
  };
}

function toPoint(window: StatsWindow, { turns, runner }: WatchedState): Omit<TimelinePoint, 'time'> {
  const { requests, tokens } = window;
  return {
    requests: requests.total,
    failed: requests.failed,
    input_tokens: tokens.input + tokens.cache_read + tokens.cache_write,
    output_tokens: tokens.output,
    cost_usd: window.cost_usd,
    first_token_ms: window.first_token_ms,
    duration_ms: window.duration_ms,
    running: turns.running,
    queued: turns.queued,
    processes: runner?.processes.all ?? 0,
    live_memory_bytes: runner?.processes.liveMemoryBytes ?? 0,
  };
}
