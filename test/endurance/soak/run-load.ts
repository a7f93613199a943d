import { setTimeout as wait } from 'node:timers/promises';
import { faultyCallers, plainCallers, stalledCallers } from './callers/all-callers.ts';
import type { Attempt } from './problems/attempt.ts';
import type { Caller } from './callers/caller.ts';
import type { Storms } from './create-storms.ts';
import { performCall, type PerformCallOptions } from './callers/perform-call.ts';

export interface RunLoadOptions {
  readonly url: string;
  readonly forMs: number;
  /** How long each caller rests behind what it did. */
  readonly pauseMs: number;
  readonly storms: Storms;
  readonly tell: (attempt: Attempt) => void;
  /** Makes all callers leave at once. */
  readonly signal: AbortSignal;
}

const plainWorkers = 4;
const longestStormPauseMs = 45_000;
const stallPauseMs = 5000;

/**
 * Callers side by side for a time: some of all kinds, one that asks for faults, one that stalls; storms in between. Those that ask
 * when the time is over get their answers.
 *
 * @throws {Error} When the server does not get over a storm.
 */
export async function runLoad({ url, forMs, pauseMs, storms, tell, signal }: RunLoadOptions): Promise<void> {
  const ending = new AbortController();
  const over = ending.signal;
  const end = (): void => ending.abort();
  // No `AbortSignal.any` of an `AbortSignal.timeout`: in Node 20 it may be collected, and never come.
  const timer = setTimeout(end, forMs);
  signal.addEventListener('abort', end, { once: true });
  const options: PerformCallOptions = { url, signal, tell };

  async function work(next: () => Caller, own = options, restMs = pauseMs): Promise<void> {
    while (!over.aborted) {
      await performCall(next(), own);
      await pauseUnless(over, restMs);
    }
  }

  async function makeStorms(): Promise<void> {
    const everyMs = Math.min(longestStormPauseMs, forMs / 2);
    const lastAt = performance.now() + forMs - everyMs / 4;
    try {
      await pauseUnless(over, everyMs / 2);
      // One that begins at the end would say nothing.
      while (!over.aborted && performance.now() < lastAt) {
        await storms.run(over);
        await pauseUnless(over, everyMs / 2);
      }
    } catch (error) {
      end();
      throw error;
    }
  }

  const plain = inTurns(plainCallers);
  const working = Promise.all([
    ...Array.from({ length: plainWorkers }, () => work(plain)),
    // Its calls are few, and each asks for a fault of another kind.
    work(inTurns(faultyCallers), options, pauseMs / 4),
    // A stalled answer would last longer than what is left.
    work(inTurns(stalledCallers), { ...options, signal: over }, stallPauseMs),
    makeStorms(),
  ]);
  await working.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  });
}

function inTurns(callers: readonly Caller[]): () => Caller {
  let count = 0;
  return () => callers[count++ % callers.length]!;
}

async function pauseUnless(signal: AbortSignal, pauseMs: number): Promise<void> {
  // The end of the time is no failure.
  if (pauseMs > 0) await wait(pauseMs, undefined, { signal }).catch(() => {});
}
