import { GatewayError, type Logger, type TurnEvent } from '@claude-code-api/gateway';
import { turnTimedOut } from '@claude-code-api/gateway/runner-kit';
import type { AttemptTrace } from './trace-attempt.ts';
import { CliProcessError } from './process/cli-process-error.ts';
import { isSystemError, shuttingDown, unavailable } from './process/runner-failures.ts';

export interface RunTurnOptions {
  /** Begins the turn's time; released when it has ended. */
  readonly limit: () => TimeLimit;
  /** Begins to follow an attempt. Default: nobody does. */
  readonly follow?: () => AttemptTrace | undefined;
  /** Asks the turn of a process. */
  readonly ask: (limit: TimeLimit, attempt: AttemptTrace | undefined) => Promise<AskedTurn>;
  /** Whether the runner is closed: then all that fails does so for that reason. */
  readonly isClosed: () => boolean;
  /** How many times the turn is tried again at most. */
  readonly maxRetries: number;
  /** Called before the turn is tried again, and waited for. */
  readonly onRetry: () => Promise<void>;
  /** Is told why the turn has failed. */
  readonly onFailure: (error: GatewayError) => void;
  readonly logger: Logger;
}

/** A turn that a process has been asked. */
export interface AskedTurn {
  /** What it says. */
  readonly events: AsyncIterable<TurnEvent>;
  /** What the caller is told of an event; called with each, before the caller has it. */
  tell(event: TurnEvent): readonly TurnEvent[];
  /** What the caller is told of a failure. */
  toError(error: unknown): unknown;
}

const firstPauseMs = 250;
const longestPauseMs = 8000;

/**
 * Runs a turn, and again when its process failed before it said anything. What fails upstream is not tried again: the CLI has
 * done that itself. It is the only generator between the process and the caller: each one more is felt with every delta.
 *
 * @throws {GatewayError} What failed; on an abort, the signal's reason.
 */
export async function* runTurn(options: RunTurnOptions): AsyncGenerator<TurnEvent, void, undefined> {
  const { isClosed, maxRetries, logger } = options;
  const limit = options.limit();
  const { signal } = limit;
  let started = false;
  let hasWorked = false;

  function toFailure(error: unknown): unknown {
    const failure = reasonOf(error);
    if (!GatewayError.isInstance(failure)) return failure;
    options.onFailure(failure);
    // An agent has used a tool: clients are not to try again by themselves, or it would be done twice.
    return hasWorked ? failure.with({ shouldRetry: false }) : failure;
  }

  function reasonOf(error: unknown): unknown {
    if (signal.aborted) return signal.reason;
    if (isClosed()) return shuttingDown();
    return error instanceof CliProcessError || isSystemError(error) ? unavailable(error) : error;
  }

  try {
    for (let retries = 0; ; retries += 1) {
      let asked: AskedTurn | undefined;
      const attempt = options.follow?.();
      try {
        signal.throwIfAborted();
        if (isClosed()) throw shuttingDown();
        asked = await options.ask(limit, attempt);
        for await (const event of asked.events) {
          started = true;
          hasWorked ||= event.type === 'activity-start';
          for (const told of asked.tell(event)) yield told;
        }
        return;
      } catch (error) {
        attempt?.ended(error);
        const isProcess = error instanceof CliProcessError && !signal.aborted && !isClosed();
        if (isProcess) logger.warn({ kind: error.kind, problem: error.message, started, retries }, 'a CLI failed');
        if (!isProcess || started || retries >= maxRetries) throw toFailure(asked?.toError(error) ?? error);
        await options.onRetry();
        // What an abort means is seen to above.
        await sleep(pauseAfter(retries), signal);
      } finally {
        attempt?.ended();
      }
    }
  } finally {
    limit.release();
  }
}

/** Twice as long each time; half of it by chance, so that turns that failed together do not come back together. */
function pauseAfter(retries: number): number {
  const longest = Math.min(longestPauseMs, firstPauseMs * 2 ** retries);
  return longest * (0.5 + Math.random() / 2);
}

/** Waits, but no longer than until the signal is aborted. */
function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}

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
