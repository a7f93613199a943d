import { GatewayError } from '../../gateway-error.ts';

/** What callers are told of a conversation of which a part is damaged or missing. */
export function conversationDamaged(id: string): GatewayError {
  return new GatewayError(
    `A part of what this server has stored of the conversation '${id}' is damaged or missing. Nobody can go on with it; begin a new one, and delete this one.`,
    { status: 500, code: 'conversation_damaged', shouldRetry: false },
  );
}

/** What callers are told of a conversation that would take more than all of theirs may. */
export function conversationTooLarge(id: string): GatewayError {
  return new GatewayError(
    `The conversation '${id}' would be larger than all of yours together may be on this server, so this was not stored. Begin a new one, or send less.`,
    { status: 413, code: 'conversation_too_large', shouldRetry: false },
  );
}
