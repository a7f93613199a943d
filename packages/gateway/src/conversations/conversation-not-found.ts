import { GatewayError } from '../gateway-error.ts';

/** The 404 for a conversation that is unknown, has expired, or belongs to another tenant. */
export function conversationNotFound(id: string): GatewayError {
  return new GatewayError(
    `Conversation with id '${id}' not found. It may have expired or been deleted; start a new one with POST /v1/conversations.`,
    { status: 404, code: 'conversation_not_found' },
  );
}
