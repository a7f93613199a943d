import type { IncomingMessage, ServerResponse } from 'node:http';
import { problemOfBody, problemOfCount } from './problem-of-body.ts';
import { problemOfHeaders } from './known-names.ts';
import { isRecordedMessages, toRoute, type RecordedMessages, type RecordedRequest } from './recorded-request.ts';
import { errorReply } from './replies.ts';
import type { Reply } from './reply.ts';
import { sendError, sendJson, sendReply, type Exchange } from './send-reply.ts';

export interface ServeRequestOptions {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly nextReply: (request: RecordedMessages) => Reply;
  readonly countTokens: (body: unknown) => number | Reply;
  /** Called once, before the answer begins. */
  readonly onRead: (recorded: RecordedRequest) => void;
  /** Whether a connection that closes now is closed by the mock. */
  readonly isClosing: () => boolean;
}

/** The newest first, as the API lists them. */
const models = ['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5', 'claude-sonnet-4-5-20250929'].map((id, index) => ({
  ...{ type: 'model', id, display_name: id.replaceAll('-', ' '), created_at: `2026-0${9 - index}-01T00:00:00Z` },
}));

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
    if (isTooLarge) sendError(exchange, errorReply(413, 'request_too_large', 'Request exceeds the maximum size'));
    else await answer(exchange, recorded, options);
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

/**
 * Answers a request that has been read; `nextReply` is asked only for a POST /v1/messages that the API would take.
 *
 * @throws {Error} an AbortError when the client leaves; what `nextReply` or a raw reply throws.
 */
async function answer(
  exchange: Exchange,
  recorded: RecordedRequest,
  { nextReply, countTokens }: Pick<ServeRequestOptions, 'nextReply' | 'countTokens'>,
): Promise<void> {
  if (isRecordedMessages(recorded)) {
    const problem = problemOfHeaders(recorded.headers) ?? problemOfBody(recorded.body);
    if (problem !== undefined) return sendError(exchange, errorReply(400, 'invalid_request_error', problem));
    return sendReply(exchange, recorded.body, nextReply(recorded));
  }
  const route = toRoute(recorded.method, recorded.path);
  switch (route) {
    case 'HEAD /':
      exchange.response.writeHead(200).end();
      break;
    case 'GET /v1/models':
      sendJson(exchange, 200, { data: models, has_more: false, first_id: models[0]?.id, last_id: models.at(-1)?.id });
      break;
    case 'POST /v1/messages/count_tokens': {
      const problem = problemOfHeaders(recorded.headers) ?? problemOfCount(recorded.body);
      if (problem !== undefined) return sendError(exchange, errorReply(400, 'invalid_request_error', problem));
      const count = countTokens(recorded.body);
      if (typeof count === 'number') sendJson(exchange, 200, { input_tokens: count });
      else await sendReply(exchange, { model: '', max_tokens: 0, messages: [] }, count);
      break;
    }
    case 'POST /v1/messages':
      sendError(exchange, errorReply(400, 'invalid_request_error', 'The body needs model, max_tokens and messages.'));
      break;
    default:
      sendError(exchange, errorReply(404, 'not_found_error', `Nothing is at ${route}.`));
  }
}

interface ExchangeOptions {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** Called when the connection has closed before the answer was complete, other than by the exchange's `cut`. */
  readonly onEarlyClose: () => void;
}

/** Watches a request's connection. */
function openExchange(options: ExchangeOptions): Exchange {
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

/** What the API takes: https://platform.claude.com/docs/en/api/errors#request-size-limits. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

interface ReadBody {
  /** Parsed JSON, the raw text if it is not JSON, undefined if it is empty or too large. */
  readonly body: unknown;
  /** Whether it was larger than the mock keeps. */
  readonly isTooLarge: boolean;
}

/** Reads a whole body of at most 32 MiB; the rest of a larger one is read and dropped. A cut upload gives what has arrived. */
async function readBody(request: IncomingMessage): Promise<ReadBody> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request) {
      if (!Buffer.isBuffer(chunk)) continue;
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) chunks.length = 0;
      else chunks.push(chunk);
    }
  } catch {
    // The client left; its connection's close is what tells that.
  }
  return { body: parseBody(Buffer.concat(chunks).toString()), isTooLarge: bytes > MAX_BODY_BYTES };
}

function parseBody(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
