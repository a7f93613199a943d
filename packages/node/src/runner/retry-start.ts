import type { Logger, TurnEvent } from '@claude-code-api/gateway';
import { CliProcessError } from './cli-process-error.ts';
import { shuttingDown, unavailable } from './runner-failures.ts';

export interface RetryStartOptions {
  readonly signal: AbortSignal;
  /** Whether the runner is closed: then all that fails does so for that reason. */
  readonly isClosed: () => boolean;
  readonly logger: Logger;
}

/**
 * Runs a turn, and once more when its process died before it said anything.
 *
 * @throws {GatewayError} What failed; on an abort, the signal's reason.
 */
export async function* retryStart(
  attempt: () => AsyncIterable<TurnEvent>,
  { signal, isClosed, logger }: RetryStartOptions,
): AsyncGenerator<TurnEvent, void, undefined> {
  let started = false;
  for (const last of [false, true]) {
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
      logger.warn({ kind: error.kind, problem: error.message, started }, 'a CLI failed');
      if (last || started) throw unavailable(error);
    }
  }
}
