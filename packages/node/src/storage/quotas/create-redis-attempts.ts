import type { Redis } from 'ioredis';

export interface RedisAttemptsOptions {
  /** The connection. Rejects while there is none. */
  readonly ready: () => Promise<Redis>;
  /** Redis did not answer, after it had. */
  readonly onLost: (error: unknown) => void;
  /** Asks Redis whether it is back, and does what is to be done first then. Rejects while it is not. */
  readonly welcome: (client: Redis) => Promise<unknown>;
}

/** Does the one thing with Redis, or the other without it. */
export type AttemptInRedis = <Result>(inRedis: (client: Redis) => Promise<Result>, without: () => Promise<Result>) => Promise<Result>;

const tryAgainAfterMs = 1000;

/**
 * Whoever finds Redis away waits for it once, as long as the connection does; those after them don't wait. It is then asked in the
 * background, once a second at most, as long as anyone wants something of it.
 */
export function createRedisAttempts({ ready, onLost, welcome }: RedisAttemptsOptions): AttemptInRedis {
  let isAway = false;
  let isAsking = false;
  let askAgainAt = 0;

  async function ask(): Promise<void> {
    if (isAsking || performance.now() < askAgainAt) return;
    isAsking = true;
    try {
      await welcome(await ready());
      isAway = false;
    } catch {
      askAgainAt = performance.now() + tryAgainAfterMs;
    } finally {
      isAsking = false;
    }
  }

  return async (inRedis, without) => {
    if (isAway) {
      void ask();
      return without();
    }
    try {
      return await inRedis(await ready());
    } catch (error) {
      if (!isAway) onLost(error);
      isAway = true;
      return without();
    }
  };
}
