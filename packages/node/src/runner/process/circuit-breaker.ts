import type { Logger } from '@claude-code-api/gateway';
import { notStarting } from './runner-failures.ts';

export interface CircuitBreakerOptions {
  readonly logger: Logger;
}

/** Keeps from starting processes one after the other when none comes up. */
export interface CircuitBreaker {
  /**
   * To be called before a process is started.
   *
   * @throws {GatewayError} 503 while no more are to be started.
   */
  enter(): ProcessStart;
  readonly circuit: 'closed' | 'open' | 'half-open';
  /** Until the next start is let through, in milliseconds; 0 when one is. */
  readonly waitMs: number;
}

/** One of them is called, once; whatever is called later means nothing. */
export interface ProcessStart {
  succeeded(): void;
  failed(problem: string): void;
  /** Nobody waits for it any more. */
  abandoned(): void;
}

const failuresToOpen = 5;
const firstPauseMs = 1000;
const longestPauseMs = 30_000;

/** Opens after five failures in a row; after a pause, of a second at first and half a minute in the end, one start is tried. */
export function createCircuitBreaker({ logger }: CircuitBreakerOptions): CircuitBreaker {
  let failures = 0;
  let pauseMs = firstPauseMs;
  /** Set while it is not closed. */
  let triesAgainAt: number | undefined;
  /** The one start that is tried then. */
  let trial: object | undefined;

  function waitMs(): number {
    return triesAgainAt === undefined ? 0 : Math.max(0, triesAgainAt - performance.now());
  }

  function open(problem: string): void {
    triesAgainAt = performance.now() + pauseMs;
    logger.error({ problem, failures, pauseMs }, 'Claude Code does not start: for a time no more processes are started');
    pauseMs = Math.min(longestPauseMs, pauseMs * 2);
  }

  function succeed(): void {
    if (triesAgainAt !== undefined) logger.info({}, 'Claude Code starts again');
    failures = 0;
    pauseMs = firstPauseMs;
    triesAgainAt = undefined;
  }

  function fail(problem: string, isTrial: boolean): void {
    failures += 1;
    // Processes that were started before it opened fail all together: they say nothing new.
    if (isTrial || (triesAgainAt === undefined && failures >= failuresToOpen)) open(problem);
  }

  return {
    get circuit() {
      if (triesAgainAt === undefined) return 'closed';
      return trial === undefined ? 'open' : 'half-open';
    },
    get waitMs() {
      return waitMs();
    },
    enter() {
      if (triesAgainAt !== undefined && (trial !== undefined || waitMs() > 0)) throw notStarting(waitMs());
      const isTrial = triesAgainAt !== undefined;
      let settled = false;
      const settle = (how: () => void) => (): void => {
        if (settled) return;
        settled = true;
        if (trial === start) trial = undefined;
        how();
      };
      const start: ProcessStart = {
        succeeded: settle(succeed),
        failed: (problem) => settle(() => fail(problem, isTrial))(),
        abandoned: settle(() => {}),
      };
      if (isTrial) trial = start;
      return start;
    },
  };
}
