import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Exchange } from './exchange.ts';

export interface ExchangeOptions {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** Called when the connection has closed before the answer was complete, other than by the exchange's `cut`. */
  readonly onEarlyClose: () => void;
}

/** Watches a request's connection. */
export function openExchange(options: ExchangeOptions): Exchange {
  const { request, response, requestId } = options;
  const closed = new AbortController();
  let isCut = false;
  // A write after the client has left is reported here, and would else end the process.
  response.on('error', () => {});
  response.once('close', () => {
    closed.abort();
    if (!response.writableFinished && !isCut) options.onEarlyClose();
  });
  return {
    request,
    response,
    requestId,
    signal: closed.signal,
    cut() {
      isCut = true;
      request.socket.destroySoon();
    },
  };
}
