/**
 * Does something with a signal that aborts when `source` does, or when the time is over. By hand: a signal that is composed of a timeout may be
 * collected while somebody waits for it, and then nothing ends.
 */
export async function withDeadline<Result>(
  source: AbortSignal,
  timeoutMs: number,
  act: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  source.throwIfAborted();
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(source.reason);
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  source.addEventListener('abort', onAbort, { once: true });
  try {
    return await act(controller.signal);
  } finally {
    clearTimeout(timer);
    source.removeEventListener('abort', onAbort);
  }
}
