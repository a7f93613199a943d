export interface RedisAttemptsOptions {
  /** Redis did not answer, after it had. */
  readonly onLost: (error: unknown) => void;
  /** Asks Redis whether it is back, and does what is to be done first then. Rejects while it is not. */
  readonly welcome: () => Promise<unknown>;
}

/** Does the one thing with Redis, or the other without it. */
export type AttemptInRedis = <Result>(inRedis: () => Promise<Result>, without: () => Promise<Result>) => Promise<Result>;

const tryAgainAfterMs = 1000;

/**
 * Whoever finds Redis away waits for it once, as long as the connection does; those after them don't wait. It is then asked in the
 * background, once a second at most, as long as anyone wants something of it.
 */
export function createRedisAttempts({ onLost, welcome }: RedisAttemptsOptions): AttemptInRedis {
  let isAway = false;
  let askAgainAt = 0;

  async function ask(): Promise<void> {
    if (performance.now() < askAgainAt) return;
    // A time says when to ask again, not the end of this attempt: on workers an attempt that nobody waits for may never end.
    askAgainAt = performance.now() + tryAgainAfterMs;
    try {
      await welcome();
      isAway = false;
    } catch {
      // The next second asks again.
    }
  }

  return async (inRedis, without) => {
    if (isAway) {
      void ask();
      return without();
    }
    try {
      return await inRedis();
    } catch (error) {
      if (!isAway) onLost(error);
      isAway = true;
      return without();
    }
  };
}
