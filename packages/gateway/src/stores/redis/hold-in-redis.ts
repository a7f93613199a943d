import { randomId } from '../../basics/random-id.ts';
import { renewUntilReleased } from '../repeat.ts';
import type { RedisCommand } from './redis-command.ts';
import { redisScripts } from './redis-scripts.ts';

const holdMs = 3000;
const renewEveryMs = 1000;

/** An owner that lives renews its hold each second. A hold with less time left than this has lost its owner. */
const seemsDeadMs = 1500;

const lookAgainMs = 100;

/**
 * Holds a key against all others. The hold of a process that dies ends three seconds after it was last renewed; who asks in the
 * second half of that time waits for it.
 *
 * @returns What gives it back; undefined while someone else holds it.
 */
export async function holdInRedis(command: RedisCommand, key: string): Promise<(() => Promise<void>) | undefined> {
  const token = randomId();
  for (;;) {
    const leftMs = Number(await command('EVAL', redisScripts.hold, 1, key, token, holdMs));
    if (leftMs === -1) {
      return renewUntilReleased(
        renewEveryMs,
        () => command('EVAL', redisScripts.renew, 1, key, token, holdMs),
        () => command('EVAL', redisScripts.release, 1, key, token),
      );
    }
    if (leftMs >= seemsDeadMs) return undefined;
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  }
}
