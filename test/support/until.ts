import { setTimeout as wait } from 'node:timers/promises';

/**
 * Waits until a condition holds, looking every 5 ms.
 *
 * @throws {Error} When it does not in time (default: 30,000 ms, so that a busy machine is no failure), with what `describe` says.
 */
export async function until(condition: () => boolean, describe: string | (() => string), timeoutMs = 30_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadline)
      throw new Error(`Not within ${timeoutMs} ms: ${typeof describe === 'string' ? describe : describe()}`);
    await wait(5);
  }
}
