/** A controller that aborts when `source` does. What `AbortSignal.any` makes costs several times as much. */
export function linkAbort(source: AbortSignal): AbortController {
  const controller = new AbortController();
  if (source.aborted) controller.abort(source.reason);
  else source.addEventListener('abort', () => controller.abort(source.reason), { once: true });
  return controller;
}
