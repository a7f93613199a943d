import { GatewayError } from '../gateway-error.ts';
import type { ClaudeRunner } from '../ports/claude-runner.ts';
import type { TurnLimiter } from './turn-limiter.ts';
import type { Turn } from './turn.ts';
import type { TurnEvent } from './turn-event.ts';

export interface RunTurnContext {
  readonly runner: ClaudeRunner;
  readonly limiter: TurnLimiter;
  /** The longest a turn may take, from its admission to its end. */
  readonly timeoutMs: number;
}

/**
 * Runs a turn within the server's limits. Leaving the iteration stops the turn.
 *
 * @param request Aborts when the caller leaves; is aborted when the turn takes too long, which ends all turns of the request.
 * @throws {GatewayError} 429 when there is no place, 504 when it takes too long, or whatever the runner throws.
 */
export async function* runTurn(turn: Turn, context: RunTurnContext, request: AbortController): AsyncGenerator<TurnEvent, void, undefined> {
  const release = await context.limiter.acquire(request.signal);
  const timer = setTimeout(() => request.abort(timedOut(context.timeoutMs)), context.timeoutMs);
  try {
    for await (const event of context.runner.run(turn, request.signal)) yield event;
  } finally {
    clearTimeout(timer);
    release();
  }
}

function timedOut(timeoutMs: number): GatewayError {
  return new GatewayError(
    `Claude did not finish within ${timeoutMs / 1000} seconds. Ask for less, or raise the time limit (claude.timeout_seconds).`,
    {
      status: 504,
      type: 'server_error',
      code: 'timeout',
      shouldRetry: false,
    },
  );
}
