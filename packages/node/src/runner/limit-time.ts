import { turnTimedOut } from '@claude-code-api/gateway/runner-kit';

export interface TimeLimit {
  readonly signal: AbortSignal;
  /** When the time is over, by `performance.now()`; undefined: never. */
  readonly endsAt: number | undefined;
  /** Clears the timer and the listener. */
  release(): void;
}

/** A signal that aborts when `source` does, or when the time of a turn is over. */
export function limitTime(source: AbortSignal, timeoutMs: number | undefined): TimeLimit {
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(source.reason);
  if (source.aborted) onAbort();
  else source.addEventListener('abort', onAbort, { once: true });
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => controller.abort(turnTimedOut(timeoutMs)), timeoutMs);
  return {
    signal: controller.signal,
    endsAt: timeoutMs === undefined ? undefined : performance.now() + timeoutMs,
    release() {
      clearTimeout(timer);
      source.removeEventListener('abort', onAbort);
    },
  };
}
