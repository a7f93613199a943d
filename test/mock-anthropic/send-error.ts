import type { Exchange } from './exchange.ts';
import type { ErrorReply } from './reply.ts';
import { sendJson } from './send-json.ts';

/** Answers with Anthropic's error body (https://docs.anthropic.com/en/api/errors). */
export function sendError(exchange: Exchange, reply: ErrorReply): void {
  const error = { type: reply.errorType, message: reply.message };
  sendJson(exchange, reply.status, { type: 'error', error, request_id: exchange.requestId }, reply.headers);
}
