import { badRequest } from '../../../bad-request.ts';
import type { GatewayError } from '../../../gateway-error.ts';
import { countJsonValues } from '../../../json-schema/count-json-values.ts';
import type { PlainMessage } from './to-plain-chat.ts';

/** As many as a body may have beside them. */
const maxValues = 150_000;

/**
 * Counts what the arguments of all calls stand for, before anything is made of them: they are JSON within JSON, which the body's own count passes over.
 *
 * @throws {GatewayError} 400 for more values than any request has.
 */
export function checkArguments(chat: readonly PlainMessage[]): void {
  let values = 0;
  for (const { message, index } of chat) {
    for (const call of (message.role === 'assistant' && message.tool_calls) || []) {
      const count = countJsonValues(call.function.arguments, maxValues);
      // What is too much by itself is never parsed.
      values += Number.isFinite(count) ? count : 0;
      if (values > maxValues) throw tooMuch(`messages[${index}].tool_calls`);
    }
  }
}

function tooMuch(param: string): GatewayError {
  return badRequest(`Invalid value for '${param}': the arguments of all calls have more than ${maxValues} values.`, param);
}
