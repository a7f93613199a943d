import { GatewayError } from '../gateway-error.ts';

/** What a runner throws when a turn takes longer than its `timeoutMs`. */
export function turnTimedOut(timeoutMs: number): GatewayError {
  return new GatewayError(`Claude did not finish within ${timeoutMs / 1000} seconds. Ask for less, or raise the time limit.`, {
    status: 504,
    code: 'timeout',
    option: 'turnTimeoutMs',
    shouldRetry: false,
  });
}
