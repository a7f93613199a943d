import { setTimeout as wait } from 'node:timers/promises';

/**
 * Asks again and again until what is got is as it should be.
 *
 * @throws {Error} With what was got last, when that takes too long.
 */
export async function untilPolled<Value>(
  get: () => Promise<Value>,
  isRight: (value: Value) => boolean,
  what: string,
  timeoutMs = 30_000,
): Promise<Value> {
  for (const deadline = performance.now() + timeoutMs; ;) {
    const value = await get();
    if (isRight(value)) return value;
    if (performance.now() > deadline) throw new Error(`It was waited in vain until ${what}; at last: ${JSON.stringify(value)}`);
    await wait(50);
  }
}
