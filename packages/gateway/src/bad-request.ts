import { GatewayError } from './gateway-error.ts';

/** The 400 for a request that can't be as it is. `message` says what to do; `param` is the field at fault, undefined for none. */
export function badRequest(message: string, param: string | undefined, code = 'invalid_value'): GatewayError {
  return new GatewayError(message, { status: 400, code, param });
}
