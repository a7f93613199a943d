import type { Context } from 'hono';
import { conversationNotFound } from '../../conversations/conversation-errors.ts';
import type { RequestContext } from '../../engine/request-context.ts';
import { createMediaReader, type ReadMedia } from '../../media/create-media-reader.ts';
import type { MediaAccess } from '../../media/media-access.ts';
import type { ConversationStore } from '../../ports/conversation-store.ts';
import { openaiCallFault } from '../../dialects/openai/openai-call-fault.ts';
import { findCallFault } from '../../turn/find-call-fault.ts';
import type { Message } from '../../turn/message.ts';
import { normalizeMessages } from '../../turn/normalize-messages.ts';

export interface ConversationRoutesOptions {
  readonly store: ConversationStore;
  /** Called when a conversation has been deleted; that it fails is only logged. */
  readonly forget: (tenant: string, id: string) => Promise<void>;
  readonly media: MediaAccess;
  /** What the pictures and documents of a request may take together. */
  readonly maxBodyBytes: number;
}

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

/** What reads the pictures and documents of a request's items. */
export function readerFor(
  { signal }: Request,
  { caller, hold }: RequestContext,
  { media, maxBodyBytes }: Pick<ConversationRoutesOptions, 'media' | 'maxBodyBytes'>,
): ReadMedia {
  return createMediaReader(media, { tenant: caller.tenant, maxBytes: maxBodyBytes, signal, hold });
}

/**
 * Checks that a turn can go on from a conversation once items are added: that they answer calls which are open, and leave none behind.
 *
 * @param before What the conversation has. Where no turn can go on from that, the items are not to blame.
 * @throws {GatewayError} 400 for `items`.
 */
export function checkItemCalls(before: readonly Message[], items: readonly Message[]): void {
  if (findCallFault(normalizeMessages(before), { mayWait: true }) !== undefined) return;
  const fault = findCallFault(normalizeMessages([...before, ...items]), { mayWait: true });
  if (fault !== undefined) throw openaiCallFault(fault).with({ param: 'items' });
}
