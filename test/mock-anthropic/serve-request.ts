import type { IncomingMessage, ServerResponse } from 'node:http';
import { answer } from './answer.ts';
import { errorReply } from './error-reply.ts';
import type { Exchange } from './exchange.ts';
import { openExchange } from './open-exchange.ts';
import { readBody } from './read-body.ts';
import type { RecordedMessages } from './recorded-messages.ts';
import type { RecordedRequest } from './recorded-request.ts';
import type { Reply } from './reply.ts';
import { sendError } from './send-error.ts';

export interface ServeRequestOptions {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly nextReply: (request: RecordedMessages) => Reply;
  /** Called once, before the answer begins. */
  readonly onRead: (recorded: RecordedRequest) => void;
  /** Whether a connection that closes now is closed by the mock. */
  readonly isClosing: () => boolean;
}

/** Reads, records and answers one request; never throws. */
export async function serveRequest(options: ServeRequestOptions): Promise<void> {
  const { request, response, requestId } = options;
  const recorded: Draft<RecordedRequest> = {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body: undefined,
    receivedAt: performance.now(),
  };
  const onEarlyClose = (): void => {
    if (!options.isClosing()) recorded.closedEarlyAt = performance.now();
  };
  const exchange = openExchange({ request, response, requestId, onEarlyClose });
  const { body, isTooLarge } = await readBody(request);
  recorded.body = body;
  options.onRead(recorded);
  if (exchange.signal.aborted) return;
  try {
    if (isTooLarge) sendError(exchange, errorReply(413, 'request_too_large', 'The body is too large.'));
    else await answer(exchange, recorded, options.nextReply);
  } catch (error) {
    if (!exchange.signal.aborted) sendFailure(exchange, error);
  }
}

type Draft<T> = { -readonly [Key in keyof T]: T[Key] };

/** A reply that throws is a fault of the test, so its message is shown to whoever reads the answer. */
function sendFailure(exchange: Exchange, error: unknown): void {
  if (exchange.response.headersSent) exchange.cut();
  else sendError(exchange, errorReply(500, 'api_error', `The mock's reply failed: ${String(error)}`));
}
