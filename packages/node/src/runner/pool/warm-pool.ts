import type { CliProcess } from '../process/cli-process.ts';
import { planPool, rememberedByPool, type PoolPlan } from './plan-pool.ts';
import type { WarmPoolOptions } from './warm-pool-options.ts';

export interface WarmPool {
  /** A waiting process, or else a new one. */
  take(): CliProcess;
  /** Takes in a process that was started for what comes just before a turn. It waits 1 s at least, even where none is to wait. */
  keep(cli: CliProcess): void;
  /** Starts what is missing. The runner calls it when no request would feel it. */
  refill(): void;
  /** How many processes are ready, how many are starting, and what went wrong last. */
  state(): WarmPoolState;
  /** Starts no more processes; those that wait are ended by whoever started them. */
  close(): void;
}

export interface WarmPoolState {
  readonly idle: number;
  readonly starting: number;
  /** Why the last process failed to start; undefined once one has started. */
  readonly problem: string | undefined;
}

const calmMs = 3_600_000;
const keptMs = 1000;
const pauseMs = 250;
const pauseAfterFailureMs = 1000;

/**
 * Keeps processes spawned and primed before anyone asks for them: as many as `planPool` says. What was started is not ended again for a
 * while, though it be too many: it will be taken.
 */
export function createWarmPool(options: WarmPoolOptions): WarmPool {
  const ready = new Set<CliProcess>();
  const starting = new Set<CliProcess>();
  const [askedAt, replacedInMs, startsMs]: [number[], number[], number[]] = [[], [], []];
  /** When those were asked for that have not been replaced yet. */
  const unreplaced: number[] = [];
  let problem: string | undefined;
  let closed = false;
  let pause: NodeJS.Timeout | undefined;
  const calm = setInterval(() => dropSurplus(plan().wanted), calmMs);
  calm.unref();

  function plan(): PoolPlan {
    const waiting = { ready: ready.size, starting: starting.size, startingSince: [...options.underWay.values()] };
    return planPool({ ...waiting, now: performance.now(), askedAt, replacedInMs, startsMs, turns: options.turns() }, options);
  }

  function dropSurplus(most: number): void {
    for (const surplus of ready) {
      if (ready.size <= most) return;
      ready.delete(surplus);
      void surplus.stop();
    }
  }

  async function warm(cli: CliProcess): Promise<void> {
    const startedAt = performance.now();
    starting.add(cli);
    options.underWay.set(cli, startedAt);
    refillAfter(cli);
    try {
      await options.prime(cli);
      problem = undefined;
      if (!leaveStarting(cli)) return;
      ready.add(cli);
      remember(startsMs, performance.now() - startedAt);
      const asked = unreplaced.shift();
      if (asked !== undefined) remember(replacedInMs, performance.now() - asked);
      // It may have been started to see whether it can be.
      dropSurplus(options.maxIdle);
      refill();
    } catch (error) {
      // A process that was taken while it started is its taker's business.
      if (!leaveStarting(cli)) return;
      void cli.stop();
      // What it then takes to replace one is not what it takes as a rule.
      unreplaced.length = 0;
      if (closed) return;
      problem = error instanceof Error ? error.message : String(error);
      options.logger.warn({ problem }, 'a waiting CLI failed to start');
      refillLater(pauseAfterFailureMs);
    }
  }

  function refillAfter(cli: CliProcess): void {
    void cli.ended.then(() => (ready.delete(cli) ? refillLater(pauseMs) : undefined));
  }

  function leaveStarting(cli: CliProcess): boolean {
    options.underWay.delete(cli);
    return starting.delete(cli);
  }

  function refillLater(delayMs: number): void {
    clearTimeout(pause);
    if (closed) return;
    pause = setTimeout(refill, delayMs);
    pause.unref();
  }

  function refill(): void {
    if (closed) return;
    const { circuit, waitMs } = options.breaker;
    // When nobody else tries whether processes start again, the pool does: one at a time, when it is time.
    if (circuit !== 'closed' && (waitMs > 0 || circuit === 'half-open')) return refillLater(Math.max(pauseMs, waitMs));
    const { starts } = plan();
    if (starts === 0 && starting.size === 0) unreplaced.length = 0;
    for (let missing = circuit === 'closed' ? starts : 1 - starting.size; missing > 0; missing -= 1) void warm(options.start());
  }

  return {
    take() {
      remember(askedAt, performance.now());
      remember(unreplaced, performance.now());
      for (const set of [ready, starting]) {
        for (const cli of set) {
          set.delete(cli);
          options.underWay.delete(cli);
          if (cli.failure === undefined) return cli;
        }
      }
      return options.start();
    },
    keep(cli) {
      ready.add(cli);
      refillAfter(cli);
      setTimeout(() => {
        if (ready.size > plan().wanted && ready.delete(cli)) void cli.stop();
      }, keptMs).unref();
    },
    refill,
    state: () => ({ idle: ready.size, starting: starting.size, problem }),
    close() {
      closed = true;
      clearInterval(calm);
      clearTimeout(pause);
    },
  };
}

function remember(list: number[], value: number): void {
  list.push(value);
  if (list.length > rememberedByPool) list.shift();
}
