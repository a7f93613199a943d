import { GatewayError } from '@claude-code-api/gateway';
import { toTurnError } from '@claude-code-api/gateway/messages-api';

export function notBegun(timeoutMs: number): GatewayError {
  return new GatewayError(
    `Claude did not begin to answer within ${timeoutMs / 1000} seconds. Please try again, or raise the time limit (claude.first_event_timeout_seconds).`,
    { status: 504, code: 'timeout' },
  );
}

export function lostInMidAnswer(cause: unknown): GatewayError {
  return new GatewayError('The connection to Claude was lost in the middle of the answer. Please try again.', {
    status: 502,
    code: 'upstream_error',
    cause,
  });
}

/** The CLI does not tell why. The API breaks answers off when it is overloaded; what else may do so passes as well. */
export function brokenOff(): GatewayError {
  return new GatewayError('Claude broke off in the middle of the answer, as it does when it is overloaded. Please try again.', {
    status: 503,
    code: 'overloaded',
    retryAfterSeconds: 5,
  });
}

/** Whether an agent's tools have done their work is not known: it may be done twice when the same is asked again. */
export function lostWhileWorking(cause: unknown): GatewayError {
  return new GatewayError('The connection to Claude was lost while it used tools of its own. What they did may be done already.', {
    status: 502,
    code: 'upstream_error',
    shouldRetry: false,
    cause,
  });
}

/** The CLI is going to wait for so long before it asks upstream again; callers know better what to do with the time. */
export function tooLongToWait(status: number | null | undefined, delayMs: number, model: string): GatewayError {
  const result = {
    type: 'result' as const,
    subtype: 'error',
    is_error: true,
    num_turns: 0,
    api_error_status: status,
    result: `Claude can be asked again in ${Math.ceil(delayMs / 1000)} seconds.`,
  };
  return toTurnError({ result, kind: undefined, retryDelayMs: delayMs, model });
}
