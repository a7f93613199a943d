import type { Context } from 'hono';
import { conversationNotFound } from '../../conversations/conversation-not-found.ts';

/**
 * The conversation that a path names.
 *
 * @throws {GatewayError} 404 for what can't be an id, so that no store has to ask.
 */
export function conversationIdOf(c: Context): string {
  const id = c.req.param('id') ?? '';
  if (!/^[\w-]{1,64}$/.test(id)) throw conversationNotFound(id);
  return id;
}
