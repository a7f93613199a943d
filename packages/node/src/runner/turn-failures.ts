import { GatewayError } from '@claude-code-api/gateway';

export function notBegun(timeoutMs: number): GatewayError {
  return new GatewayError(
    `Claude did not begin to answer within ${timeoutMs / 1000} seconds. Please try again, or raise the time limit (claude.first_event_timeout_seconds).`,
    { status: 504, type: 'server_error', code: 'timeout' },
  );
}

export function lostInMidAnswer(cause: unknown): GatewayError {
  return new GatewayError('The connection to Claude was lost in the middle of the answer. Please try again.', {
    status: 502,
    type: 'server_error',
    code: 'upstream_error',
    cause,
  });
}
