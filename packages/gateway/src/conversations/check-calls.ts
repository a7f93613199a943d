import { badRequest } from '../bad-request.ts';
import type { GatewayError } from '../gateway-error.ts';
import type { Message } from '../turn/message.ts';

/**
 * Checks that in a history that was put together of what was kept and what is new every call is answered, right after it and
 * once, and that nothing else is.
 *
 * @param mayWait Whether the results of the last calls may still be to come.
 * @throws {GatewayError} 400 in OpenAI's words, which clients look for.
 */
export function checkCalls(messages: readonly Message[], mayWait = false): void {
  let open = new Set<string>();
  for (const [index, message] of messages.entries()) {
    const isLast = index === messages.length - 1;
    for (const block of message.content) {
      if (block.type === 'tool_result' && !open.delete(block.tool_use_id)) {
        throw invalid(
          `Messages with role 'tool' must be a response to a preceding message with 'tool_calls'. No open call of the conversation has the 'tool_call_id' '${block.tool_use_id}'.`,
        );
      }
    }
    if (open.size > 0 && !(mayWait && isLast)) throw unanswered(open);
    open = callsOf(message);
  }
  if (open.size > 0 && !mayWait) throw unanswered(open);
}

function callsOf(message: Message): Set<string> {
  return new Set(message.content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : [])));
}

function unanswered(open: ReadonlySet<string>): GatewayError {
  return invalid(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids of the conversation did not have response messages: ${[...open].join(', ')}`,
  );
}

function invalid(message: string): GatewayError {
  return badRequest(message, 'messages');
}
