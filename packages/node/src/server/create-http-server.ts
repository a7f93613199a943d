import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from '@claude-code-api/gateway';
import { answerClientError } from './answer-client-error.ts';
import { createListener } from './create-listener.ts';
import { toHttpProblemReply, type HttpProblem, toHttpText } from './http-problem.ts';
import { linger } from './linger.ts';
import { createOpenRequests, type OpenRequests } from './open-requests.ts';

export interface HttpServerOptions {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** The longest that a request may take to arrive, with its body; its headers may take 10,000 at most. */
  readonly requestTimeoutMs: number;
  /** The longest that an answer waits for a caller who reads nothing of it. Default: 300,000. */
  readonly stalledReaderMs?: number;
  /** How long a connection waits for its next request. Default: 65,000, a bit more than the 60 seconds of common proxies, so that it is they who close. */
  readonly keepAliveMs?: number;
  readonly logger: Logger;
}

export interface HttpServer {
  /** Listens nowhere yet. */
  readonly server: Server;
  readonly requests: OpenRequests;
}

const maxHeaderBytes = 16_384;
const headersTimeoutMs = 10_000;
/** Node looks for requests that take too long only so often, every 30 seconds by default. */
const checkIntervalMs = 1000;

const missingHost = 'Your request has no header `host`, which HTTP/1.1 asks for.';

/** Serves a fetch handler over HTTP, with a limit on all that a caller could make it wait for; what is no HTTP gets an error in OpenAI's form as well. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { logger, requestTimeoutMs, stalledReaderMs = 300_000, keepAliveMs = 65_000 } = options;
  const requests = createOpenRequests();
  const listener = createListener(options.fetch, logger);
  const current = new WeakMap<Socket, IncomingMessage>();
  function serve(incoming: IncomingMessage, outgoing: ServerResponse): void {
    requests.add(outgoing);
    current.set(incoming.socket, incoming);
    answer(incoming, outgoing);
  }
  function answer(incoming: IncomingMessage, outgoing: ServerResponse): void {
    if (incoming.headers.host === undefined && incoming.httpVersion === '1.1')
      refuse(outgoing, { status: 400, code: 'invalid_http', message: missingHost }, logger);
    else listener(incoming, outgoing);
  }
  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs),
      keepAliveTimeout: keepAliveMs,
      connectionsCheckingInterval: checkIntervalMs,
      maxHeaderSize: maxHeaderBytes,
      // Node would answer without a body.
      requireHostHeader: false,
    },
    serve,
  );
  server.on('connection', (socket) => linger(socket, () => current.get(socket)));
  server.on('checkExpectation', (_, outgoing: ServerResponse) => {
    refuse(outgoing, { status: 417, code: 'expectation_failed', message: 'This server meets no expectation but `100-continue`.' }, logger);
  });
  // Without this, Node closes the connection without a word.
  server.on('connect', (_, connection) => {
    connection.on('error', () => connection.destroy());
    const problem = { status: 405, code: 'method_not_allowed', message: 'This server is not a proxy.' };
    connection.end(toHttpText(toHttpProblemReply(problem, logger)), () => connection.destroy());
  });
  limitErrors(server, requests, options);
  // Streams that wait for the model are silent too, but then nothing waits to be sent.
  server.setTimeout(stalledReaderMs, (connection) => {
    if (connection.writableLength > 0 || requests.of(connection).length === 0) connection.destroy();
  });
  return { server, requests };
}

function limitErrors(server: Server, requests: OpenRequests, { logger, requestTimeoutMs }: HttpServerOptions): void {
  const failed = new WeakSet<object>();
  server.on('clientError', (error, connection) => {
    // One error is followed by others as long as the caller sends.
    if (!failed.has(connection)) answerClientError(error, connection, { open: requests.of(connection), requestTimeoutMs, logger });
    else if (connection.readableEnded) connection.destroy();
    failed.add(connection);
  });
}

function refuse(outgoing: ServerResponse, problem: HttpProblem, logger: Logger): void {
  const { status, headers, body } = toHttpProblemReply(problem, logger);
  outgoing.writeHead(status, headers);
  outgoing.end(body);
}
