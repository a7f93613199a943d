import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { redisScripts } from './redis-scripts.ts';

const holdMs = 3000;
const renewEveryMs = 1000;

/** Who lives renews each second: a hold that has less time left seems to be a dead one's. */
const seemsDeadMs = 1500;

const lookAgainMs = 100;

/**
 * Holds a key against all others. The hold of a process that dies ends three seconds after it was last renewed; who asks in the
 * second half of that time waits for it.
 *
 * @returns What gives it back; undefined while someone else holds it.
 */
export async function holdInRedis(ready: () => Promise<Redis>, key: string): Promise<(() => Promise<void>) | undefined> {
  const token = randomUUID();
  for (;;) {
    const client = await ready();
    const leftMs = Number(await client.eval(redisScripts.hold, 1, key, token, holdMs));
    if (leftMs === -1) return keep(ready, key, token);
    if (leftMs >= seemsDeadMs) return undefined;
    await wait(lookAgainMs);
  }
}

function keep(ready: () => Promise<Redis>, key: string, token: string): () => Promise<void> {
  let isGivenBack = false;
  const renew = async (): Promise<void> => {
    try {
      const client = await ready();
      if (!isGivenBack) await client.eval(redisScripts.renew, 1, key, token, holdMs);
    } catch {
      // Redis is away: the next second tries again, and meanwhile nobody else can take it either.
    }
  };
  const timer = setInterval(() => void renew(), renewEveryMs);
  timer.unref();
  return async () => {
    if (isGivenBack) return;
    isGivenBack = true;
    clearInterval(timer);
    try {
      const client = await ready();
      await client.eval(redisScripts.release, 1, key, token);
    } catch {
      // It ends by itself within seconds.
    }
  };
}
