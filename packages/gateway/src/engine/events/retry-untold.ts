import { pause } from '../../basics/waiting.ts';
import { GatewayError } from '../../gateway-error.ts';
import type { Logger } from '../../ports/logger.ts';
import type { TurnEvent } from '../../turn/turn-event.ts';

export interface RetryUntoldOptions {
  /** Whether the caller hears of the answer as it comes; otherwise of its end only. */
  readonly isStreamed: boolean;
  readonly maxRetries: number;
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** That an answer, and a block of it, has begun. */
const saysNothing: ReadonlySet<TurnEvent['type']> = new Set(['turn-start', 'signature', 'block-end']);

const firstPauseMs = 250;
const longestWaitSeconds = 10;

/**
 * Runs a turn, and again when it fails in mid-answer for a passing reason before the caller has heard anything of it. What fails
 * before the answer begins is tried again by the runner.
 *
 * @throws {GatewayError} What failed last.
 */
export function retryUntold(run: () => AsyncIterable<TurnEvent>, options: RetryUntoldOptions): AsyncIterable<TurnEvent> {
  return options.maxRetries === 0 ? run() : { [Symbol.asyncIterator]: () => retrying(run, options) };
}

/** By hand, since every event passes here: once one is told, there is nothing between. */
function retrying(run: () => AsyncIterable<TurnEvent>, options: RetryUntoldOptions): AsyncIterator<TurnEvent> {
  let events = run()[Symbol.asyncIterator]();
  let ready: TurnEvent[] = [];
  let retries = 0;
  let isTold = false;

  function tells(event: TurnEvent): boolean {
    if (!options.isStreamed) return event.type === 'turn-end';
    return !saysNothing.has(event.type) && (event.type !== 'block-start' || event.block.type === 'tool_use');
  }

  async function readOn(): Promise<IteratorResult<TurnEvent>> {
    const held: TurnEvent[] = [];
    try {
      for (let result = await events.next(); result.done !== true && !isTold;) {
        held.push(result.value);
        isTold = tells(result.value);
        if (!isTold) result = await events.next();
      }
    } catch (error) {
      // Nothing is held of a turn that has not begun.
      if (held.length === 0 || !mayPass(error) || retries >= options.maxRetries) throw error;
      options.logger.warn({ error, retries }, 'an answer broke off; its caller has not heard of it, and it is asked for again');
      await pause(firstPauseMs * 2 ** retries, options.signal);
      retries += 1;
      events = run()[Symbol.asyncIterator]();
      return readOn();
    }
    isTold = true;
    ready = held;
    return next();
  }

  function next(): Promise<IteratorResult<TurnEvent>> {
    const value = ready.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    return isTold ? events.next() : readOn();
  }

  return {
    next,
    async return() {
      await events.return?.();
      return { done: true, value: undefined };
    },
  };
}

function mayPass(error: unknown): boolean {
  if (!GatewayError.isInstance(error) || error.shouldRetry === false || (error.retryAfterSeconds ?? 0) > longestWaitSeconds) return false;
  return error.status === 429 || (error.status >= 500 && error.status !== 504);
}
