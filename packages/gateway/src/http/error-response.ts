import { GatewayError } from '../gateway-error.ts';

/** OpenAI's error body; all four keys are always there. */
export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

const unexpected = 'The server had an error while processing your request. The log of the server has the details under this request id.';

/** Makes a `GatewayError` of anything thrown. What was not written for the caller keeps its text to the log. */
export function toGatewayError(thrown: unknown): GatewayError {
  if (GatewayError.isInstance(thrown)) return thrown;
  return new GatewayError(unexpected, { status: 500, type: 'server_error', cause: thrown });
}

export function toErrorBody(error: GatewayError): ErrorBody {
  const message = error.expose ? shorten(error.message) : unexpected;
  return { error: { message, type: error.type, param: error.param && shorten(error.param), code: error.code } };
}

const maxCharacters = 2000;

/** What is wrong with a request is told in its own words, of which there may be megabytes. */
function shorten(text: string): string {
  return text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters)}...`;
}

/** The one place where an error becomes an HTTP response. */
export function toErrorResponse(error: GatewayError): Response {
  const headers = new Headers({ ...error.headers, 'content-type': 'application/json' });
  if (error.retryAfterSeconds !== undefined) headers.set('retry-after', String(error.retryAfterSeconds));
  if (error.shouldRetry !== undefined) headers.set('x-should-retry', String(error.shouldRetry));
  // The rest of a body that is too large is not read, so that no other request can follow it.
  if (error.status === 413) headers.set('connection', 'close');
  return new Response(JSON.stringify(toErrorBody(error)), { status: error.status, headers });
}
