import { GatewayError } from '../../../gateway-error.ts';

/** The error of a response that its server has no time for. */
export function serverStopped(): GatewayError {
  return new GatewayError('The server that ran this response was stopped before it had ended. Please ask again.', {
    status: 500,
    code: 'server_stopped',
  });
}

/** The 429 of who asks for one more. */
export function tooManyUnfinished(): GatewayError {
  return new GatewayError(
    'Rate limit reached: as many responses run in the background, or wait for it, as this server takes. Please try again when one of them has ended.',
    { status: 429, code: 'rate_limit_exceeded', retryAfterSeconds: 10 },
  );
}

/** Whether a store may take later what it can't take now. */
export function isPassing(error: unknown): boolean {
  return GatewayError.isInstance(error) && error.status === 503;
}
