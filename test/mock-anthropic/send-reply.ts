import type { Exchange } from './exchange.ts';
import type { MessagesBody } from './messages-body.ts';
import { pause } from './pause.ts';
import type { Reply } from './reply.ts';
import { sendError } from './send-error.ts';
import { sendMessage } from './send-message.ts';
import { sendStream } from './send-stream.ts';
import { untilAborted } from './until-aborted.ts';

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
      await pause(reply.delayMs, exchange.signal);
      const send = body.stream === true ? sendStream : sendMessage;
      await send(exchange, reply, identity);
      break;
    }
  }
}
