import type { ClaudeRunner } from '../ports/claude-runner.ts';
import type { TurnLimiter } from './turn-limiter.ts';
import type { Turn } from './turn.ts';
import type { TurnEvent } from './turn-event.ts';

export interface RunTurnContext {
  readonly runner: ClaudeRunner;
  readonly limiter: TurnLimiter;
}

/**
 * Runs a turn once there is a place for it. Leaving the iteration stops the turn.
 *
 * @throws {GatewayError} 429 when there is no place, or whatever the runner throws.
 */
export function runTurn(turn: Turn, context: RunTurnContext, signal: AbortSignal): AsyncIterable<TurnEvent> {
  return { [Symbol.asyncIterator]: () => limited(turn, context, signal) };
}

/** By hand, since every event passes here: a generator takes several more steps for each. */
function limited(turn: Turn, { runner, limiter }: RunTurnContext, signal: AbortSignal): AsyncIterator<TurnEvent> {
  let events: AsyncIterator<TurnEvent> | undefined;
  let release = (): void => {};

  async function begin(): Promise<AsyncIterator<TurnEvent>> {
    release = await limiter.acquire(signal);
    return runner.run(turn, signal)[Symbol.asyncIterator]();
  }

  return {
    async next() {
      try {
        events ??= await begin();
        const result = await events.next();
        if (result.done === true) release();
        return result;
      } catch (error) {
        release();
        throw error;
      }
    },
    async return() {
      release();
      await events?.return?.();
      return { done: true, value: undefined };
    },
  };
}
