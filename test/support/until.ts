import { setTimeout as wait } from 'node:timers/promises';

/**
 * Waits until a condition holds, looking every 5 ms.
 *
 * @throws {Error} When it does not in time (default: 10,000 ms), with what `describe` says.
 */
export async function until(condition: () => boolean, describe: string | (() => string), timeoutMs = 10_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadline)
      throw new Error(`Not within ${timeoutMs} ms: ${typeof describe === 'string' ? describe : describe()}`);
    await wait(5);
  }
}
