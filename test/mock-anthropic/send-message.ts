import { errorReply } from './error-reply.ts';
import type { Exchange } from './exchange.ts';
import type { MessageReply } from './reply.ts';
import type { ReplyIdentity } from './reply-identity.ts';
import { sendError } from './send-error.ts';
import { sendJson } from './send-json.ts';
import { toMessage } from './to-message.ts';
import { untilAborted } from './until-aborted.ts';

/** Answers with one JSON message; a stall or a cut sends nothing at all. */
export async function sendMessage(exchange: Exchange, reply: MessageReply, identity: ReplyIdentity): Promise<void> {
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
