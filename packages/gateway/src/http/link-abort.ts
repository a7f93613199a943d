export interface LinkedAbort {
  readonly signal: AbortSignal;
  abort(): void;
}

/**
 * A signal that aborts when `source` does, or when told to. What `AbortSignal.any` makes is kept in memory by Node for each
 * request; this is not.
 */
export function linkAbort(source: AbortSignal): LinkedAbort {
  const controller = new AbortController();
  if (source.aborted) controller.abort(source.reason);
  else source.addEventListener('abort', () => controller.abort(source.reason), { once: true, signal: controller.signal });
  return { signal: controller.signal, abort: () => controller.abort() };
}
