import { letEnd } from './let-end.ts';

/**
 * Renews something again and again, which would expire otherwise. What fails is tried again the next time.
 *
 * @returns What gives it back, once. No renewal comes after that, which would take it again.
 */
export function renewUntilReleased(everyMs: number, renew: () => Promise<unknown>, release: () => Promise<unknown>): () => Promise<void> {
  let renewing: Promise<unknown> = Promise.resolve();
  let isReleased = false;
  const timer = setInterval(() => {
    // One may take longer than the next.
    renewing = Promise.all([renewing, attempt(renew)]);
  }, everyMs);
  letEnd(timer);
  return async () => {
    if (isReleased) return;
    isReleased = true;
    clearInterval(timer);
    await renewing;
    // Where this fails it ends by itself.
    await attempt(release);
  };
}

async function attempt(task: () => Promise<unknown>): Promise<void> {
  try {
    await task();
  } catch {
    // It is not there now.
  }
}
