import { GatewayError } from '../../gateway-error.ts';

/** A 400 for a body as a whole. */
export function invalidBody(message: string): GatewayError {
  return new GatewayError(message, { status: 400 });
}
