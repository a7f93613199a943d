import type { Ended } from './ended.ts';
import type { Fault } from './fault.ts';

/** One request, as it ended for its caller. Times are of `performance.now()`, in milliseconds. */
export type Attempt = Ended & {
  readonly kind: string;
  /** What it has asked for. */
  readonly fault: Fault | undefined;
  readonly requestId: string;
  readonly startedAt: number;
  readonly endedAt: number;
};
