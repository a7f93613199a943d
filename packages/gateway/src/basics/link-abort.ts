/** Makes a controller that aborts when `source` does, and that its owner can abort too. */
export function linkAbort(source: AbortSignal): AbortController {
  const controller = new AbortController();
  if (source.aborted) controller.abort(source.reason);
  else source.addEventListener('abort', () => controller.abort(source.reason), { once: true });
  return controller;
}
