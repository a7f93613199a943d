import { randomId } from '../basics/random-id.ts';

const acceptable = /^[\x21-\x7e]{1,128}$/;

/** The caller's own request id where it sent a decent one, a new one otherwise. */
export function requestIdOf(request: Request): string {
  const given = request.headers.get('x-request-id') ?? request.headers.get('x-client-request-id');
  return given !== null && acceptable.test(given) ? given : `req_${randomId()}`;
}
