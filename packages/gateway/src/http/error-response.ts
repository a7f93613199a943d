import { openaiErrorType } from '../dialects/openai-error.ts';
import { GatewayError } from '../gateway-error.ts';
import { shorten } from '../shorten.ts';

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
  return new GatewayError(unexpected, { status: 500, cause: thrown });
}

export function toErrorBody(error: GatewayError): ErrorBody {
  const message = error.expose ? shorten(error.message, maxCharacters) : unexpected;
  return { error: { message, type: openaiErrorType(error), param: error.param && shorten(error.param, maxCharacters), code: error.code } };
}

/** As much as a reply tells of what is wrong with a request. */
const maxCharacters = 2000;

/** The one place where an error becomes an HTTP response. */
export function toErrorResponse(error: GatewayError): Response {
  const headers = new Headers({ ...error.headers, 'content-type': 'application/json' });
  if (error.retryAfterSeconds !== undefined) headers.set('retry-after', String(error.retryAfterSeconds));
  if (error.shouldRetry !== undefined) headers.set('x-should-retry', String(error.shouldRetry));
  return new Response(JSON.stringify(toErrorBody(error)), { status: error.status, headers });
}
