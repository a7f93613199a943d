export interface Stoppable {
  stop(): Promise<void>;
}

/**
 * Does something with a process. A caller who leaves meanwhile ends the process, and so does a failure.
 *
 * @throws What `action` throws; on an abort, the signal's reason.
 */
export async function guardProcess<Result>(target: Stoppable, signal: AbortSignal, action: () => Promise<Result>): Promise<Result> {
  let good = false;
  const stop = (): void => void target.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    const result = await action();
    signal.throwIfAborted();
    good = true;
    return result;
  } finally {
    signal.removeEventListener('abort', stop);
    if (!good) stop();
  }
}
