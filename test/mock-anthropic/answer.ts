import { errorReply } from './error-reply.ts';
import type { Exchange } from './exchange.ts';
import { isRecordedMessages } from './is-recorded-messages.ts';
import { problemOfBody } from './problem-of-body.ts';
import type { RecordedMessages } from './recorded-messages.ts';
import type { RecordedRequest } from './recorded-request.ts';
import type { Reply } from './reply.ts';
import { sendError } from './send-error.ts';
import { sendJson } from './send-json.ts';
import { sendReply } from './send-reply.ts';
import { toRoute } from './to-route.ts';

/**
 * Answers a request that has been read; `nextReply` is asked only for a POST /v1/messages that the API would take.
 *
 * @throws {Error} an AbortError when the client leaves; what `nextReply` or a raw reply throws.
 */
export async function answer(
  exchange: Exchange,
  recorded: RecordedRequest,
  nextReply: (request: RecordedMessages) => Reply,
): Promise<void> {
  if (isRecordedMessages(recorded)) {
    const problem = problemOfBody(recorded.body);
    if (problem !== undefined) return sendError(exchange, errorReply(400, 'invalid_request_error', problem));
    return sendReply(exchange, recorded.body, nextReply(recorded));
  }
  const route = toRoute(recorded.method, recorded.path);
  switch (route) {
    case 'HEAD /':
      exchange.response.writeHead(200).end();
      break;
    case 'POST /v1/messages/count_tokens':
      sendJson(exchange, 200, { input_tokens: 10 });
      break;
    case 'POST /v1/messages':
      sendError(exchange, errorReply(400, 'invalid_request_error', 'The body needs model, max_tokens and messages.'));
      break;
    default:
      sendError(exchange, errorReply(404, 'not_found_error', `Nothing is at ${route}.`));
  }
}
