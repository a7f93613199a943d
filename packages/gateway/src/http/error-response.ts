import { GatewayError } from '../gateway-error.ts';
import { shorten } from '../basics/shorten.ts';

const unexpected = 'The server had an error while processing your request. The log of the server has the details under this request id.';

/** The most characters of an error's message. */
const maxCharacters = 2000;

/** Makes a `GatewayError` of anything thrown. What was not written for the caller keeps its text to the log. */
export function toGatewayError(thrown: unknown): GatewayError {
  if (GatewayError.isInstance(thrown)) return thrown;
  return new GatewayError(unexpected, { status: 500, cause: thrown });
}

/**
 * The error as the caller may know it: with a general message where its own is not for callers, and none that is too long.
 *
 * @param optionNames What the option that stands in the way is called, for the end of the message. Default: nothing.
 */
export function toToldError(error: GatewayError, optionNames: Readonly<Record<string, string>> = {}): GatewayError {
  const text = error.expose ? shorten(error.message, maxCharacters) : unexpected;
  const name = optionNames[error.option ?? ''];
  const message = name === undefined ? text : text.replace(/\.?$/, ` (${name}).`);
  return error.with({ message, param: error.param && shorten(error.param, maxCharacters) });
}

/** The one place where an error becomes an HTTP response. */
export function toErrorResponse(error: GatewayError, body: object): Response {
  const headers = new Headers({ ...error.headers, 'content-type': 'application/json' });
  if (error.retryAfterSeconds !== undefined) headers.set('retry-after', String(error.retryAfterSeconds));
  if (error.shouldRetry !== undefined) headers.set('x-should-retry', String(error.shouldRetry));
  return new Response(JSON.stringify(body), { status: error.status, headers });
}
