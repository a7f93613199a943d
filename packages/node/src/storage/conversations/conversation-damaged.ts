import { GatewayError } from '@claude-code-api/gateway';

/** What callers are told of a conversation of which a part is damaged or missing. */
export function conversationDamaged(id: string): GatewayError {
  return new GatewayError(
    `A part of what this server has stored of the conversation '${id}' is damaged or missing. Nobody can go on with it; begin a new one, and delete this one.`,
    { status: 500, code: 'conversation_damaged', shouldRetry: false },
  );
}
