import { GatewayError } from '../gateway-error.ts';

export interface TurnLimiterOptions {
  /** Turns that run at once. */
  readonly maxConcurrent: number;
  /** Turns that wait for a place; one more is refused. */
  readonly maxQueued: number;
  /** The longest wait. */
  readonly queueTimeoutMs: number;
}

export interface TurnLimiter {
  /**
   * Waits, in order of arrival, until a turn may run. The function it resolves to gives the place back; calling it again does nothing.
   *
   * @throws {GatewayError} 429 when the queue is full or the wait is too long; on an abort, the signal's reason.
   */
  acquire(signal: AbortSignal): Promise<() => void>;
  /** How many turns run and how many wait, now. */
  state(): { readonly running: number; readonly queued: number };
}

interface Waiting {
  readonly admit: () => void;
}

/** Admits a bounded number of turns at once and lets a bounded number wait. */
export function createTurnLimiter(options: TurnLimiterOptions): TurnLimiter {
  const queue = new Set<Waiting>();
  let running = 0;

  function place(): () => void {
    running += 1;
    let given = true;
    return () => {
      if (!given) return;
      given = false;
      running -= 1;
      const [next] = queue;
      next?.admit();
    };
  }

  function wait(signal: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        queue.delete(waiting);
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        leave();
        reject(signal.reason);
      };
      const onTimeout = (): void => {
        leave();
        reject(busy(`No place became free within ${options.queueTimeoutMs / 1000} seconds.`, options.queueTimeoutMs));
      };
      const waiting: Waiting = {
        admit: () => {
          leave();
          resolve(place());
        },
      };
      const timer = setTimeout(onTimeout, options.queueTimeoutMs);
      signal.addEventListener('abort', onAbort, { once: true });
      queue.add(waiting);
    });
  }

  return {
    async acquire(signal) {
      signal.throwIfAborted();
      if (running < options.maxConcurrent) return place();
      if (queue.size >= options.maxQueued) {
        throw busy(
          `${running} requests are running and ${queue.size} are waiting, which is as many as this server takes.`,
          options.queueTimeoutMs,
        );
      }
      return wait(signal);
    },
    state: () => ({ running, queued: queue.size }),
  };
}

function busy(what: string, queueTimeoutMs: number): GatewayError {
  return new GatewayError(`Rate limit reached: ${what} Please try again later.`, {
    status: 429,
    type: 'requests',
    code: 'rate_limit_exceeded',
    retryAfterSeconds: Math.max(1, Math.ceil(queueTimeoutMs / 10_000)),
  });
}
