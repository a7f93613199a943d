import { GatewayError } from '../gateway-error.ts';

/** The 429 of a turn for which there is no place in time. */
export function serverBusy(what: string, queueTimeoutMs: number): GatewayError {
  return new GatewayError(`Rate limit reached: ${what} Please try again later.`, {
    status: 429,
    code: 'rate_limit_exceeded',
    retryAfterSeconds: Math.max(1, Math.ceil(queueTimeoutMs / 10_000)),
  });
}
