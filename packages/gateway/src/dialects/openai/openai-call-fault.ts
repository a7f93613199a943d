import { badRequest, type GatewayError } from '../../gateway-error.ts';
import type { CallFault } from '../../turn/find-call-fault.ts';

/** Says in OpenAI's words, which clients look for, what is wrong with calls and results: in the request, or, without a place, in its conversation. */
export function openaiCallFault(fault: CallFault): GatewayError {
  const { place } = fault;
  const ofConversation = place === undefined ? ' of the conversation' : '';
  switch (fault.type) {
    case 'unanswered':
      return badRequest(
        `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids${ofConversation} did not have response messages: ${fault.ids.join(', ')}`,
        place === undefined ? 'messages' : fault.isAtEnd ? nextPlace(place) : place,
      );
    case 'twice':
      return badRequest(
        `The id '${fault.id}' stands twice among the 'tool_calls'. Give every call an id of its own.`,
        `${place ?? 'messages'}.tool_calls`,
      );
    case 'unexpected':
      if (fault.name !== undefined)
        return badRequest(
          `Invalid value for '${place}': a message with role 'function' must follow a message with 'function_call'.`,
          place,
        );
      if (place?.endsWith('.tool_use_id') === true)
        return badRequest(
          `A 'tool_result' must be a response to a 'tool_use' of the message before. No open call has the id '${fault.id}'.`,
          place,
        );
      return badRequest(
        `Messages with role 'tool' must be a response to a preceding message with 'tool_calls'. No open call${ofConversation} has the 'tool_call_id' '${fault.id}'.`,
        place ?? 'messages',
      );
  }
}

/** The place behind one in a list: `messages[3]` behind `messages[2]`. */
function nextPlace(place: string): string {
  return place.replace(/\d+(?=\]$)/, (index) => String(Number(index) + 1));
}
