import { GatewayError } from '@claude-code-api/gateway';

/** What callers are told of a conversation that would take more than all of theirs may. */
export function conversationTooLarge(id: string): GatewayError {
  return new GatewayError(
    `The conversation '${id}' would be larger than all of yours together may be on this server, so this was not stored. Begin a new one, or send less.`,
    { status: 413, code: 'conversation_too_large', shouldRetry: false },
  );
}
