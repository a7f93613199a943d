import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { MessagesBody } from './messages-body.ts';
import type { ErrorReply, MessageReply, Reply } from './reply.ts';
import { errorReply } from './replies.ts';
import { streamEvents, toMessage, type ReplyIdentity } from './stream-events.ts';

/** One request and its answer, as the mock's own functions pass it on. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Sent as the `request-id` header and in error bodies. */
  readonly requestId: string;
  /** Aborted when the connection closes, by whichever side, or the answer is complete. */
  readonly signal: AbortSignal;
  /** Closes the connection after what was written has been sent. */
  cut(): void;
}

/**
 * Answers a POST /v1/messages as told.
 *
 * @throws {Error} an AbortError when the client leaves; what a raw reply throws.
 */
export async function sendReply(exchange: Exchange, body: MessagesBody, reply: Reply): Promise<void> {
  switch (reply.kind) {
    case 'raw':
      // It may well wait for what never comes; the mock's close must not.
      await Promise.race([reply.respond(exchange.request, exchange.response), untilAborted(exchange.signal)]);
      break;
    case 'error':
      sendError(exchange, reply);
      break;
    case 'message': {
      const { requestId } = exchange;
      const identity = { requestId, messageId: requestId.replace('req_', 'msg_'), model: body.model };
      if (reply.after !== undefined) await untilSettled(reply.after, exchange.signal);
      await pause(reply.delayMs, exchange.signal);
      const send = body.stream === true ? sendStream : sendMessage;
      await send(exchange, reply, identity);
      break;
    }
  }
}

/**
 * Answers with server-sent events, one write each.
 *
 * @throws {Error} an AbortError when the client leaves.
 */
async function sendStream(exchange: Exchange, reply: MessageReply, identity: ReplyIdentity): Promise<void> {
  const { response, signal } = exchange;
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'request-id': exchange.requestId,
  });
  let deltas = 0;
  for (const event of streamEvents(reply, identity)) {
    if (event.type === 'content_block_delta') {
      if (deltas === 1 && reply.afterFirst !== undefined) await untilSettled(reply.afterFirst, signal);
      if (deltas > 0) await pause(reply.chunkDelayMs, signal);
      deltas += 1;
    }
    await writeChunk(response, `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`, signal);
  }
  if (reply.ending.type === 'stall') await untilAborted(signal);
  else if (reply.ending.type === 'cut') exchange.cut();
  else response.end();
}

/** Answers with one JSON message; a stall or a cut sends nothing at all. */
async function sendMessage(exchange: Exchange, reply: MessageReply, identity: ReplyIdentity): Promise<void> {
  const { ending } = reply;
  switch (ending.type) {
    case 'complete':
      sendJson(exchange, 200, toMessage(reply, identity));
      break;
    case 'error': {
      const status = ending.errorType === 'overloaded_error' ? 529 : 500;
      sendError(exchange, errorReply(status, ending.errorType, ending.message));
      break;
    }
    case 'stall':
      await untilAborted(exchange.signal);
      break;
    case 'cut':
      exchange.cut();
      break;
  }
}

/** Answers with Anthropic's error body (https://docs.anthropic.com/en/api/errors). */
export function sendError(exchange: Exchange, reply: ErrorReply): void {
  const error = { type: reply.errorType, message: reply.message };
  sendJson(exchange, reply.status, { type: 'error', error, request_id: exchange.requestId }, reply.headers);
}

/** Answers with one JSON object. */
export function sendJson(exchange: Exchange, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): void {
  exchange.response
    .writeHead(status, { 'content-type': 'application/json', 'request-id': exchange.requestId, ...headers })
    .end(JSON.stringify(body));
}

/**
 * Writes, then waits while the client is slower than the mock.
 *
 * @throws the signal's reason when it is aborted.
 */
export async function writeChunk(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (!response.write(text)) await once(response, 'drain', { signal });
}

/**
 * Waits; 0 does not.
 *
 * @throws {Error} an AbortError when the signal is aborted, which also clears the timer.
 */
async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  if (delayMs > 0) await wait(delayMs, undefined, { signal });
}

async function untilSettled(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  await Promise.race([Promise.allSettled([promise]), untilAborted(signal)]);
}

/** Waits, without a timer, for the signal to be aborted. */
function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
