import type { Logger, TurnEvent } from '@claude-code-api/gateway';
import { CliProcessError } from './process/cli-process-error.ts';
import { pause } from './process/pause.ts';
import { shuttingDown, unavailable } from './process/runner-failures.ts';

export interface RetryStartOptions {
  readonly signal: AbortSignal;
  /** Whether the runner is closed: then all that fails does so for that reason. */
  readonly isClosed: () => boolean;
  /** As often is the turn tried again at most. */
  readonly maxRetries: number;
  /** Called before the turn is tried again, and waited for. */
  readonly onRetry: () => Promise<void>;
  readonly logger: Logger;
}

const firstPauseMs = 250;
const longestPauseMs = 8000;

/**
 * Runs a turn, and again when its process failed before it said anything. What fails upstream is not tried again: the CLI has
 * done that itself.
 *
 * @throws {GatewayError} What failed; on an abort, the signal's reason.
 */
export async function* retryStart(
  attempt: () => AsyncIterable<TurnEvent>,
  { signal, isClosed, maxRetries, onRetry, logger }: RetryStartOptions,
): AsyncGenerator<TurnEvent, void, undefined> {
  let started = false;
  for (let retries = 0; ; retries += 1) {
    try {
      signal.throwIfAborted();
      if (isClosed()) throw shuttingDown();
      for await (const event of attempt()) {
        started = true;
        yield event;
      }
      return;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (isClosed()) throw shuttingDown();
      if (!(error instanceof CliProcessError)) throw error;
      logger.warn({ kind: error.kind, problem: error.message, started, retries }, 'a CLI failed');
      if (started || retries >= maxRetries) throw unavailable(error);
      await onRetry();
      // What an abort means is seen to above.
      await pause(pauseAfter(retries), signal);
    }
  }
}

/** Twice as long each time; half of it by chance, so that turns that failed together do not come back together. */
function pauseAfter(retries: number): number {
  const longest = Math.min(longestPauseMs, firstPauseMs * 2 ** retries);
  return longest * (0.5 + Math.random() / 2);
}
