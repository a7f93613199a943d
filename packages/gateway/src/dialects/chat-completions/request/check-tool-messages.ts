import { badRequest } from '../../../bad-request.ts';
import type { GatewayError } from '../../../gateway-error.ts';
import type { ChatMessage } from './request-schema.ts';
import type { PlainMessage } from './to-plain-chat.ts';

type Place = Pick<PlainMessage, 'index' | 'parts'>;

/**
 * Checks that every tool call is answered right after its message, once, and that nothing else is answered.
 *
 * @param earlier The ids of calls before these messages, which are still to be answered.
 * @param places Where the messages stand in the request. Default: their own indexes.
 * @throws {GatewayError} 400 that names the message at fault, in OpenAI's words, which clients look for.
 */
export function checkToolMessages(chat: readonly ChatMessage[], earlier: Iterable<string> = [], places: readonly Place[] = []): void {
  let open = new Set(earlier);
  for (const [at, message] of chat.entries()) {
    const { index, parts } = places[at] ?? { index: at };
    // These become the system prompt, or stand behind the results.
    if (message.role === 'system' || message.role === 'developer') continue;
    if (message.role === 'tool') {
      if (!open.delete(message.tool_call_id)) throw unexpected({ index, parts }, message.tool_call_id);
      continue;
    }
    if (open.size > 0) throw unanswered(index, open);
    if (message.role === 'assistant') open = callIds(message, index);
  }
  if (open.size > 0) throw unanswered((places.at(-1)?.index ?? chat.length - 1) + 1, open);
}

function callIds(message: Extract<ChatMessage, { role: 'assistant' }>, index: number): Set<string> {
  const ids = new Set<string>();
  for (const call of message.tool_calls ?? []) {
    if (ids.has(call.id))
      throw invalid(
        `messages[${index}].tool_calls`,
        `The id '${call.id}' stands twice among the 'tool_calls'. Give every call an id of its own.`,
      );
    ids.add(call.id);
  }
  return ids;
}

function unexpected({ index, parts }: Place, id: string): GatewayError {
  if (parts !== undefined)
    return invalid(
      `messages[${index}].content[${parts.join()}].tool_use_id`,
      `A 'tool_result' must be a response to a 'tool_use' of the message before. No open call has the id '${id}'.`,
    );
  return invalid(
    `messages[${index}].tool_call_id`,
    `Messages with role 'tool' must be a response to a preceding message with 'tool_calls'. No open call has the 'tool_call_id' '${id}'.`,
  );
}

function unanswered(index: number, open: ReadonlySet<string>): GatewayError {
  return invalid(
    `messages[${index}]`,
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...open].join(', ')}`,
  );
}

function invalid(param: string, message: string): GatewayError {
  return badRequest(message, param);
}
