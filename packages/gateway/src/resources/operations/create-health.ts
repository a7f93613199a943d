import type { ClaudeRunner } from '../../ports/claude-runner.ts';
import type { TurnLimiter } from '../../engine/turn-limiter.ts';
import type { Handle } from '../../http/create-routes.ts';

export interface HealthOptions {
  readonly runner: ClaudeRunner;
  readonly limiter: TurnLimiter;
  readonly isStopping: () => boolean;
}

/** `GET /health`: 200, or 503 when turns would fail or are not begun any more. The details are for those who may know of all callers. */
export function createHealth({ runner, limiter, isStopping }: HealthOptions): Handle {
  return async (c, { caller }) => {
    const { healthy, problem, details } = await runner.health();
    const stopping = isStopping();
    const status = stopping ? 'stopping' : healthy ? 'ok' : 'unavailable';
    return c.json(
      {
        status,
        ...(problem !== undefined && { problem }),
        ...(caller.admin === true && { turns: limiter.state(), ...details }),
      },
      healthy && !stopping ? 200 : 503,
    );
  };
}
