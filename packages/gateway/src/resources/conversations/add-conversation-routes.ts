import { conversationNotFound } from '../../conversations/conversation-errors.ts';
import { newConversationId } from '../../conversations/ids.ts';
import type { AddRoute } from '../../http/route.ts';
import { parseBody } from '../../dialects/parse-body.ts';
import { addItemRoutes } from './add-item-routes.ts';
import { createSchema, updateSchema } from './body-schemas.ts';
import { checkItemCalls, conversationIdOf, type ConversationRoutesOptions, readerFor } from './conversation-request.ts';
import { parseItems } from '../../dialects/items/parse-items.ts';
import { parsePage, toList } from '../page.ts';
import { toAddedItems } from './to-added-items.ts';
import { toChatMessages } from './to-chat-messages.ts';
import { toConversationObject } from './to-conversation-object.ts';

/**
 * OpenAI's Conversations API, and two things more: `GET /v1/conversations` lists them, and a conversation by its id comes
 * with its `messages` in the form of chat completions.
 *
 * @see https://platform.openai.com/docs/api-reference/conversations
 */
export function addConversationRoutes(add: AddRoute, options: ConversationRoutesOptions): void {
  const { store } = options;

  add('POST', '/v1/conversations', async (c, request) => {
    const { caller } = request;
    const { metadata, items: given } = parseBody(createSchema, await request.readJson({}));
    const { items, system } = await toAddedItems(parseItems(given ?? []), readerFor(c.req.raw, request, options));
    checkItemCalls([], items);
    const info = await store.create(caller.tenant, { id: newConversationId(), metadata: metadata ?? {}, system, items });
    return c.json(toConversationObject(info));
  });
  add('GET', '/v1/conversations', async (c, { caller }) => {
    const { conversations, hasMore } = await store.list(caller.tenant, parsePage(c.req.query()));
    return c.json(toList(conversations.map(toConversationObject), hasMore));
  });
  add('GET', '/v1/conversations/:id', async (c, { caller }) => {
    const id = conversationIdOf(c);
    const conversation = await store.read(caller.tenant, id);
    if (conversation === undefined) throw conversationNotFound(id);
    return c.json({ ...toConversationObject(conversation), messages: toChatMessages(conversation) });
  });
  add('POST', '/v1/conversations/:id', async (c, { caller, readJson }) => {
    const id = conversationIdOf(c);
    const { metadata } = parseBody(updateSchema, await readJson());
    const info = await store.updateMetadata(caller.tenant, id, metadata ?? {});
    if (info === undefined) throw conversationNotFound(id);
    return c.json(toConversationObject(info));
  });
  add('DELETE', '/v1/conversations/:id', async (c, { caller, logger }) => {
    const id = conversationIdOf(c);
    if (!(await store.delete(caller.tenant, id))) throw conversationNotFound(id);
    try {
      await options.forget(caller.tenant, id);
    } catch (error) {
      logger.warn({ error, conversation: id }, 'what the runner keeps for a deleted conversation could not be removed');
    }
    return c.json({ id, object: 'conversation.deleted', deleted: true });
  });
  addItemRoutes(add, options);
}
