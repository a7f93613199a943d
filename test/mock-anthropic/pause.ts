import { setTimeout as wait } from 'node:timers/promises';

/**
 * Waits; 0 does not.
 *
 * @throws {Error} an AbortError when the signal is aborted, which also clears the timer.
 */
export async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  if (delayMs > 0) await wait(delayMs, undefined, { signal });
}
