import type { Exchange } from './exchange.ts';

/** Answers with one JSON object. */
export function sendJson(exchange: Exchange, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
  exchange.response
    .writeHead(status, { 'content-type': 'application/json', 'request-id': exchange.requestId, ...headers })
    .end(JSON.stringify(body));
}
