import type { Logger } from '@claude-code-api/gateway';
import type { CircuitBreaker } from '../process/circuit-breaker.ts';
import type { CliProcess } from '../process/cli-process.ts';
import type { PoolBounds } from './plan-pool.ts';

export interface WarmPoolOptions extends PoolBounds {
  /** Starts a process; may throw while none is to be started. */
  readonly start: () => CliProcess;
  /** What says so. */
  readonly breaker: Pick<CircuitBreaker, 'circuit' | 'waitMs'>;
  /** Does in a fresh process, ahead of time, what it does only once. */
  readonly prime: (cli: CliProcess) => Promise<void>;
  /** How many turns run. */
  readonly turns: () => number;
  /** What all pools are starting, with when each was started, by `performance.now()`; each pool adds its own. */
  readonly underWay: Map<CliProcess, number>;
  readonly logger: Logger;
}
