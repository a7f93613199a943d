import type { GatewayError, TurnEvent } from '@claude-code-api/gateway';
import type { CliInit, CliMessage } from '../process/cli-message.ts';
import { CliProcessError } from '../process/cli-process-error.ts';
import type { CliProcess } from '../process/cli-process.ts';
import { createBreakWatch } from '../response/break-watch.ts';
import { lostInMidAnswer, lostWhileWorking, notBegun, tooLongToWait } from '../response/turn-failures.ts';
import { createEventQueue, type Flow } from './event-queue.ts';
import type { SessionReader } from './session-ways.ts';

export interface FollowTurnOptions {
  readonly reader: SessionReader;
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
  /** It is held back while the caller reads slowly, and killed when an answer has broken off: it would ask again at the caller's cost. */
  readonly cli: Flow & Pick<CliProcess, 'kill'>;
  /** Is told before the first request how the CLI is set up. An error that it returns fails the turn. */
  readonly onInit?: (init: CliInit) => GatewayError | undefined;
  /** Called when the CLI asks upstream again. */
  readonly onRetry: () => void;
  /** Called with the `turn-end`, before anyone can read it; `byResult` when the CLI has ended its turn with it. */
  readonly onTurnEnd: (byResult: boolean) => void;
  /** Called when the reader of the events has come to the end, or leaves before; `isEndRead` when that was after the `turn-end`. */
  readonly onLeave?: (isEndRead: boolean) => void;
}

/** A turn under way, which is to be told all that the CLI says. */
export interface FollowedTurn {
  /** To be iterated: timers and listeners are cleared when the reader leaves. */
  readonly events: AsyncIterable<TurnEvent>;
  /** The CLI has said something, whatever it was. */
  notice(): void;
  hear(message: CliMessage): void;
  fail(failure: CliProcessError): void;
}

/** Callers wait no longer for a CLI that waits to ask upstream again. */
const longestRetryWaitMs = 10_000;

/** The wait for results that the CLI gives while the caller's calls are open, unless it holds them back. */
const settleMs = 250;

/** Makes turn events of what the CLI says, until the turn ends, fails, takes too long to begin, or is aborted. */
export function followTurn(options: FollowTurnOptions): FollowedTurn {
  const { reader, model, noticeTimeoutMs, firstEventTimeoutMs, endsAt = Number.POSITIVE_INFINITY, signal } = options;
  const events = createEventQueue<TurnEvent>(options.cli, leave);
  const breaks = createBreakWatch({ model, holdsCalls: options.holdsCalls === true });
  let started = false;
  let failing: NodeJS.Timeout | undefined;
  let settling: NodeJS.Timeout | undefined;
  const timer = setTimeout(() => events.close(notBegun(firstEventTimeoutMs)), firstEventTimeoutMs);
  // A CLI says at once that it has a turn to do. One that does not is frozen, and another may do better.
  const notice = setTimeout(() => fail(new CliProcessError('timeout', 'the CLI took no notice of a turn')), noticeTimeoutMs);
  const onAbort = (): void => events.close(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });

  /** Only what has neither said nor done anything may be tried again. */
  function fail(failure: CliProcessError): void {
    if (started) events.close(lostInMidAnswer(failure));
    else events.close(options.isWorking === true ? lostWhileWorking(failure) : failure);
  }

  function breakOff(error: unknown): void {
    clearTimeout(failing);
    events.close(error);
    options.cli.kill();
  }

  function leave(last: TurnEvent | undefined): void {
    for (const each of [timer, notice, failing, settling]) clearTimeout(each);
    signal.removeEventListener('abort', onAbort);
    options.onLeave?.(last?.type === 'turn-end');
  }

  function take(event: TurnEvent, byResult = false): void {
    if (event.type === 'turn-start') {
      started = true;
      clearTimeout(timer);
    }
    if (event.type !== 'turn-end') return events.push(event);
    options.onTurnEnd(byResult);
    events.finish(event);
  }

  function checkRetry(message: CliMessage): void {
    if (message.type !== 'system' || message.subtype !== 'api_retry') return;
    const { retry_delay_ms: delayMs, error_status: status } = message;
    const isTooLong = !started && delayMs > Math.min(longestRetryWaitMs, endsAt - performance.now());
    if (isTooLong) throw tooLongToWait(status, delayMs, model);
    options.onRetry();
  }

  /** A moment after nothing but calls is awaited that the CLI holds back, the turn ends for the caller. */
  function settle(): void {
    clearTimeout(settling);
    if (reader.isHeldUp === true) settling = setTimeout(() => reader.settle?.().forEach((event) => take(event)), settleMs);
  }

  function read(message: CliMessage): void {
    try {
      checkRetry(message);
      const failure = message.type === 'system' && message.subtype === 'init' ? options.onInit?.(message) : undefined;
      if (failure !== undefined) throw failure;
      for (const event of reader.read(message)) take(event, message.type === 'result');
    } catch (error) {
      events.close(error);
    }
  }

  return {
    events,
    notice: () => clearTimeout(notice),
    hear(message) {
      clearTimeout(notice);
      try {
        breaks.check(message);
      } catch (error) {
        return breakOff(error);
      }
      read(message);
      if (breaks.waitMs !== undefined) failing ??= setTimeout(() => breakOff(breaks.toError()), breaks.waitMs);
      settle();
    },
    fail,
  };
}
