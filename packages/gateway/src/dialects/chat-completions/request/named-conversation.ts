import { badRequest } from '../../../bad-request.ts';
import type { ChatCompletionRequest } from './request-schema.ts';

/**
 * The id of the conversation that a body names: in `conversation_id`, or, for clients that can't send fields of their own, in
 * `metadata.conversation_id`. Undefined when it names none.
 *
 * @throws {GatewayError} 400 when it names two.
 */
export function namedConversation(request: ChatCompletionRequest): string | undefined {
  const given = [request.conversation_id, request.metadata?.['conversation_id']];
  const [first, ...others] = new Set(given.filter((id) => typeof id === 'string' && id !== ''));
  if (others.length > 0) {
    throw badRequest(
      "Invalid value for 'conversation_id': the body and its 'metadata' name different conversations. Send it in one place.",
      'conversation_id',
    );
  }
  return first ?? undefined;
}
