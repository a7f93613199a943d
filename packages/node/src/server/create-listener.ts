import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener, RequestError } from '@hono/node-server';
import type { Logger } from '@claude-code-api/gateway';
import { toHttpProblemReply } from './http-problem.ts';
import { sendStreamsAtOnce } from './send-streams-at-once.ts';

export type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** Serves a fetch handler to Node's HTTP: what `node:http`, Express and others take. A caller who leaves aborts the request. */
export function createListener(fetch: (request: Request) => Response | Promise<Response>, logger: Logger): Listener {
  const listener = getRequestListener(
    // HTTP/1.0 knows no chunks.
    (request, { incoming, outgoing }) => (incoming.httpVersion === '1.0' ? fetch(request) : sendStreamsAtOnce(fetch(request), outgoing)),
    { overrideGlobalObjects: false, hostname: 'localhost', errorHandler: (thrown) => toErrorResponse(thrown, logger) },
  );
  return (incoming, outgoing) => void listener(incoming, outgoing);
}

function toErrorResponse(thrown: unknown, logger: Logger): Response {
  const isRefused = thrown instanceof RequestError;
  const problem = isRefused
    ? { status: 400, code: 'invalid_http', message: 'The URL or the header `host` of your request is not valid.' }
    : { status: 500, code: 'internal_error', message: 'The server had an error while processing your request. Its log has the details.' };
  const { status, headers, body } = toHttpProblemReply(problem, logger, thrown);
  return new Response(body, { status, headers });
}
