import type { TurnEvent } from '@claude-code-api/gateway';
import { createBreakWatch } from '../response/break-watch.ts';
import type { CliMessage } from '../process/cli-message.ts';
import { CliProcessError } from '../process/cli-process-error.ts';
import type { CliListener, CliProcess } from '../process/cli-process.ts';
import { lostInMidAnswer, lostWhileWorking, notBegun, tooLongToWait } from '../response/turn-failures.ts';
import type { TurnReader } from '../response/turn-reader.ts';
import { createEventQueue, type EventQueue, type Flow } from './event-queue.ts';

export interface FollowTurnOptions {
  readonly reader: TurnReader;
  /** For messages to the caller. */
  readonly model: string;
  /** The longest wait for the CLI to say anything at all. */
  readonly noticeTimeoutMs: number;
  /** The longest wait for the model to begin its answer. */
  readonly firstEventTimeoutMs: number;
  /** When the caller's time is over, by `performance.now()`; undefined: never. */
  readonly endsAt: number | undefined;
  /** Whether tools of an agent may be at work from the turn before. */
  readonly isWorking?: boolean;
  /** Whether all calls are the caller's, who holds them. */
  readonly holdsCalls?: boolean;
  readonly signal: AbortSignal;
  /** Held back while the caller reads slowly; killed when an answer has broken off, for the CLI would ask again at the caller's cost. */
  readonly cli: Flow & Pick<CliProcess, 'kill'>;
  /** Called when the CLI asks upstream again. */
  readonly onRetry: () => void;
  /** Called with the `turn-end`, before anyone can read it. */
  readonly onTurnEnd: () => void;
}

export interface FollowedTurn {
  /** To be told what the CLI says. */
  readonly listener: CliListener;
  readonly events: EventQueue<TurnEvent>;
  /** The CLI has said something, whatever it was. */
  readonly notice: () => void;
  /** Adds events that do not come of what the CLI says. */
  tell(events: readonly TurnEvent[]): void;
  /** Clears timers and listeners. */
  release(): void;
}

/** Callers wait no longer for a CLI that waits to ask upstream again. */
const longestRetryWaitMs = 10_000;

/** Makes turn events of what the CLI says, until the turn ends, fails, takes too long to begin, or is aborted. */
export function followTurn(options: FollowTurnOptions): FollowedTurn {
  const { reader, model, noticeTimeoutMs, firstEventTimeoutMs, endsAt = Number.POSITIVE_INFINITY, signal } = options;
  const events = createEventQueue<TurnEvent>(options.cli);
  const breaks = createBreakWatch({ model, holdsCalls: options.holdsCalls === true });
  let started = false;
  let failing: NodeJS.Timeout | undefined;
  const timer = setTimeout(() => events.close(notBegun(firstEventTimeoutMs)), firstEventTimeoutMs);
  // A CLI says at once that it has a turn to do. One that does not is frozen, and another may do better.
  const notice = setTimeout(() => end(new CliProcessError('timeout', 'the CLI took no notice of a turn')), noticeTimeoutMs);
  const onAbort = (): void => events.close(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });

  /** Only what has neither said nor done anything may be tried again. */
  function end(failure: CliProcessError): void {
    if (started) events.close(lostInMidAnswer(failure));
    else events.close(options.isWorking === true ? lostWhileWorking(failure) : failure);
  }

  function breakOff(error: unknown): void {
    clearTimeout(failing);
    events.close(error);
    options.cli.kill();
  }

  function take(event: TurnEvent): void {
    if (event.type === 'turn-start') {
      started = true;
      clearTimeout(timer);
    }
    if (event.type === 'turn-end') options.onTurnEnd();
    events.push(event);
    if (event.type === 'turn-end') events.close();
  }

  function checkRetry(message: CliMessage): void {
    if (message.type !== 'system' || message.subtype !== 'api_retry') return;
    const { retry_delay_ms: delayMs, error_status: status } = message;
    const isTooLong = !started && delayMs > Math.min(longestRetryWaitMs, endsAt - performance.now());
    if (isTooLong) throw tooLongToWait(status, delayMs, model);
    options.onRetry();
  }

  return {
    events,
    notice: () => clearTimeout(notice),
    tell: (told) => told.forEach(take),
    listener: {
      onMessage(message) {
        clearTimeout(notice);
        try {
          breaks.check(message);
        } catch (error) {
          return breakOff(error);
        }
        try {
          checkRetry(message);
          reader.read(message).forEach(take);
        } catch (error) {
          events.close(error);
        }
        if (breaks.waitMs !== undefined) failing ??= setTimeout(() => breakOff(breaks.toError()), breaks.waitMs);
      },
      onEnd: end,
    },
    release() {
      clearTimeout(timer);
      clearTimeout(notice);
      clearTimeout(failing);
      signal.removeEventListener('abort', onAbort);
    },
  };
}
