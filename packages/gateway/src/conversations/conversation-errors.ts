import { GatewayError } from '../gateway-error.ts';

/** The 404 for a conversation that is unknown, has expired, or belongs to another tenant. */
export function conversationNotFound(id: string): GatewayError {
  return new GatewayError(
    `Conversation with id '${id}' not found. It may have expired or been deleted; start a new one with POST /v1/conversations.`,
    { status: 404, code: 'conversation_not_found' },
  );
}

/** The 409 for a conversation that another request is changing; clients repeat it by themselves. */
export function conversationBusy(id: string): GatewayError {
  return new GatewayError(
    `Conversation with id '${id}' is being changed by another request. Try again when that one is done, or use another conversation.`,
    { status: 409, code: 'conversation_busy', retryAfterSeconds: 1 },
  );
}
