import { setTimeout as wait } from 'node:timers/promises';
import { readHealth, type Health } from './read-health.ts';

/**
 * Asks a server how it does until it is as told.
 *
 * @throws {Error} When it is not in time (default: 30,000 ms), with what it said last.
 */
export async function untilHealth(url: string, holds: (now: Health) => boolean, timeoutMs = 30_000): Promise<Health> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const now = await readHealth(url);
    if (holds(now)) return now;
    if (performance.now() > deadline) throw new Error(`Not within ${timeoutMs} ms, the health is ${JSON.stringify(now)}`);
    await wait(50);
  }
}
