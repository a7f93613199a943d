import { GatewayError } from '@claude-code-api/gateway';

/** What callers are told when the store of conversations can not be reached, or can't write. */
export function storageUnavailable(cause: unknown): GatewayError {
  return new GatewayError('The store of conversations is not available now. Please try again.', {
    status: 503,
    code: 'storage_unavailable',
    retryAfterSeconds: 1,
    cause,
  });
}
