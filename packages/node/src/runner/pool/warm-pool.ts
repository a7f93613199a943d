import type { Logger } from '@claude-code-api/gateway';
import type { CircuitBreaker } from '../process/circuit-breaker.ts';
import type { CliProcess } from '../process/cli-process.ts';

export interface WarmPoolOptions {
  /** Starts a process; may throw while none is to be started. */
  readonly start: () => CliProcess;
  /** What says so. */
  readonly breaker: Pick<CircuitBreaker, 'circuit' | 'waitMs'>;
  /** Does in a fresh process, ahead of time, what it does only once. */
  readonly prime: (cli: CliProcess) => Promise<void>;
  /** As many processes wait at any time. */
  readonly minIdle: number;
  /** As many wait at most, after a time of many new conversations. */
  readonly maxIdle: number;
  readonly logger: Logger;
}

export interface WarmPool {
  /** A waiting process, or else a new one. */
  take(): CliProcess;
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
/** As many times of new conversations are remembered. */
const rememberedRushes = 4;
const pauseMs = 250;
const pauseAfterFailureMs = 1000;

/**
 * Keeps processes spawned and primed before anyone asks for them: as many as came at once of late, since clients ask for the same
 * again, a title beside an answer for instance. A rush is what came between two refills; an hour without any counts as an empty one.
 */
export function createWarmPool(options: WarmPoolOptions): WarmPool {
  const ready = new Set<CliProcess>();
  const starting = new Set<CliProcess>();
  let target = options.minIdle;
  let rushes: readonly number[] = [];
  let taken = 0;
  let missed = 0;
  let problem: string | undefined;
  let closed = false;
  let pause: NodeJS.Timeout | undefined;
  const calm = setInterval(() => endRush(0), calmMs);
  calm.unref();

  function endRush(size: number): void {
    taken = 0;
    missed = 0;
    rushes = [...rushes, size].slice(-rememberedRushes);
    target = Math.min(options.maxIdle, Math.max(options.minIdle, ...rushes));
    dropSurplus();
    calm.refresh();
  }

  function dropSurplus(): void {
    for (const surplus of ready) {
      if (ready.size <= target) return;
      ready.delete(surplus);
      void surplus.stop();
    }
  }

  async function warm(cli: CliProcess): Promise<void> {
    starting.add(cli);
    void cli.ended.then(() => onEnd(cli));
    try {
      await options.prime(cli);
      problem = undefined;
      if (!starting.delete(cli)) return;
      ready.add(cli);
      // It may have been started to see whether it can be.
      dropSurplus();
    } catch (error) {
      // A process that was taken while it started is its taker's business.
      if (!starting.delete(cli)) return;
      void cli.stop();
      if (closed) return;
      problem = error instanceof Error ? error.message : String(error);
      options.logger.warn({ problem }, 'a waiting CLI failed to start');
      refillLater(pauseAfterFailureMs);
    }
  }

  function onEnd(cli: CliProcess): void {
    if (ready.delete(cli) && !closed) refillLater(pauseMs);
  }

  function refillLater(delayMs: number): void {
    clearTimeout(pause);
    if (closed) return;
    pause = setTimeout(refill, delayMs);
    pause.unref();
  }

  function refill(): void {
    if (closed) return;
    // Of those that came one by one, too fast for what was kept, more are to wait as well.
    if (taken > 0) endRush(missed > 0 ? Math.max(taken, target + missed) : taken);
    const { circuit, waitMs } = options.breaker;
    // When nobody else tries whether processes start again, the pool does: one at a time, when it is time.
    if (circuit !== 'closed' && (waitMs > 0 || circuit === 'half-open')) return refillLater(Math.max(pauseMs, waitMs));
    const wanted = circuit === 'closed' ? target - ready.size : 1;
    for (let missing = wanted - starting.size; missing > 0; missing -= 1) void warm(options.start());
  }

  return {
    take() {
      taken += 1;
      if (ready.size === 0) missed += 1;
      for (const set of [ready, starting]) {
        for (const cli of set) {
          set.delete(cli);
          if (cli.failure === undefined) return cli;
        }
      }
      return options.start();
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
