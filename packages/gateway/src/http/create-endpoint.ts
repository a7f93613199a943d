import type { Context } from 'hono';
import type { Logger } from '../ports/logger.ts';
import { toErrorResponse, toGatewayError } from './error-response.ts';
import { requestIdOf } from './request-id.ts';

/** Makes Hono handlers of this app's own: with a request id in the reply and the log, and errors as OpenAI's. */
export type CreateEndpoint = (handle: (c: Context, logger: Logger) => Promise<Response>) => (c: Context) => Promise<Response>;

/** A handler by itself costs less than one behind middleware: Hono then calls nothing else. */
export function createEndpoint(logger: Logger): CreateEndpoint {
  return (handle) => async (c) => {
    const requestId = requestIdOf(c.req.raw);
    const requestLogger = withRequestId(logger, requestId);
    let response: Response;
    try {
      response = await handle(c, requestLogger);
    } catch (thrown) {
      const error = toGatewayError(thrown);
      if (error.status >= 500) requestLogger.error({ error: thrown }, 'a request failed');
      else requestLogger.info({ status: error.status, code: error.code, param: error.param }, 'a request was refused');
      response = toErrorResponse(error);
    }
    response.headers.set('x-request-id', requestId);
    return response;
  };
}

function withRequestId(logger: Logger, requestId: string): Logger {
  return {
    debug: (fields, message) => logger.debug({ requestId, ...fields }, message),
    info: (fields, message) => logger.info({ requestId, ...fields }, message),
    warn: (fields, message) => logger.warn({ requestId, ...fields }, message),
    error: (fields, message) => logger.error({ requestId, ...fields }, message),
  };
}
