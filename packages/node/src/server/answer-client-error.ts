import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from '@claude-code-api/gateway';
import { toHttpProblemReply, type HttpProblem, toHttpText } from './http-problem.ts';

export interface ClientErrorContext {
  /** The requests of this connection that are not answered yet, in their order. */
  readonly open: readonly ServerResponse[];
  /** How long a request may take to arrive, for the message. */
  readonly requestTimeoutMs: number;
  readonly logger: Logger;
}

/** A caller that is still sending would lose the answer, were the connection closed at once. */
const lingerMs = 500;

/** Answers what is not HTTP, is too large or came too slowly: behind the answers that are due before it, and as the last on its connection. */
export function answerClientError(error: NodeJS.ErrnoException, connection: Duplex, context: ClientErrorContext): void {
  const before = context.open.filter(({ req }) => req.complete);
  const begun = context.open.some(({ req, headersSent }) => !req.complete && headersSent);
  const hasLeft = connection.readableEnded && before.length > 0;
  if (error.code === 'ECONNRESET' || !connection.writable || begun || hasLeft || isUnused(connection)) {
    connection.destroy();
    return;
  }
  const reply = toHttpProblemReply(toProblem(error, context.requestTimeoutMs), context.logger, error.code);
  const answer = (): void => endWith(toHttpText(reply), connection);
  const last = before.at(-1);
  if (last === undefined) answer();
  else last.once('close', answer);
}

/** Proxies and browsers open connections ahead; an answer would be taken for that to their first request. */
function isUnused(connection: Duplex): boolean {
  return connection instanceof Socket && connection.bytesRead === 0;
}

function endWith(text: string, connection: Duplex): void {
  connection.end(text);
  const timer = setTimeout(() => connection.destroy(), lingerMs);
  connection.once('close', () => clearTimeout(timer));
}

function toProblem({ code }: NodeJS.ErrnoException, requestTimeoutMs: number): HttpProblem {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        status: 408,
        code: 'request_timeout',
        message: `Your request did not arrive in time: its headers, or all of it within ${requestTimeoutMs / 1000} seconds (server.request_timeout_seconds). Please send it again.`,
      };
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        code: 'headers_too_large',
        message: 'The URL and headers of your request are larger than the 16 kB that this server takes.',
      };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, code: 'request_too_large', message: 'The chunk extensions of your request are larger than this server takes.' };
    default:
      return {
        status: 400,
        code: 'invalid_http',
        message: 'What you sent is not a whole and valid HTTP/1.1 request. Please check your client, or the proxy before this server.',
      };
  }
}
