import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { conversationNotFound } from '../../conversations/conversation-not-found.ts';
import { newConversationId } from '../../conversations/new-conversation-id.ts';
import type { CreateEndpoint } from '../../http/create-endpoint.ts';
import { parseBody } from '../../http/parse-body.ts';
import { readJsonBody } from '../../http/read-json-body.ts';
import { addItemRoutes } from './add-item-routes.ts';
import { conversationIdOf } from './conversation-id-of.ts';
import type { ConversationRoutesOptions } from './conversation-routes-options.ts';
import { givenItemsSchema } from './given-items-schema.ts';
import { metadataSchema } from '../../http/metadata-schema.ts';
import { parseItems } from './parse-items.ts';
import { parsePage } from './parse-page.ts';
import { toAddedItems } from './to-added-items.ts';
import { toChatMessages } from './to-chat-messages.ts';
import { toConversationObject } from './to-conversation-object.ts';
import { toList } from './to-list.ts';

const createSchema = z.looseObject({ metadata: metadataSchema.nullish(), items: givenItemsSchema.nullish() });
const updateSchema = z.looseObject({ metadata: metadataSchema.nullable() });

/**
 * OpenAI's Conversations API, and two things more: `GET /v1/conversations` lists them, and a conversation by its id comes
 * with its `messages` in the form of chat completions.
 *
 * @see https://platform.openai.com/docs/api-reference/conversations
 */
export function addConversationRoutes(app: Hono, endpoint: CreateEndpoint, options: ConversationRoutesOptions): void {
  const { store } = options;
  const tenantOf = async (c: Context): Promise<string> => options.tenantOf(c.req.raw);

  app.post(
    '/v1/conversations',
    endpoint(async (c) => {
      const tenant = await tenantOf(c);
      const { metadata, items: given } = parseBody(createSchema, await readJsonBody(c.req.raw, options.maxBodyBytes, {}));
      const { items, system } = await toAddedItems(parseItems(given ?? []), options.media);
      const info = await store.create(tenant, { id: newConversationId(), metadata: metadata ?? {}, system, items });
      return c.json(toConversationObject(info));
    }),
  );
  app.get(
    '/v1/conversations',
    endpoint(async (c) => {
      const { conversations, hasMore } = await store.list(await tenantOf(c), parsePage(c.req.query()));
      return c.json(toList(conversations.map(toConversationObject), hasMore));
    }),
  );
  app.get(
    '/v1/conversations/:id',
    endpoint(async (c) => {
      const id = conversationIdOf(c);
      const conversation = await store.read(await tenantOf(c), id);
      if (conversation === undefined) throw conversationNotFound(id);
      return c.json({ ...toConversationObject(conversation), messages: toChatMessages(conversation) });
    }),
  );
  app.post(
    '/v1/conversations/:id',
    endpoint(async (c) => {
      const id = conversationIdOf(c);
      const tenant = await tenantOf(c);
      const { metadata } = parseBody(updateSchema, await readJsonBody(c.req.raw, options.maxBodyBytes));
      const info = await store.updateMetadata(tenant, id, metadata ?? {});
      if (info === undefined) throw conversationNotFound(id);
      return c.json(toConversationObject(info));
    }),
  );
  app.delete(
    '/v1/conversations/:id',
    endpoint(async (c, logger) => {
      const id = conversationIdOf(c);
      const tenant = await tenantOf(c);
      if (!(await store.delete(tenant, id))) throw conversationNotFound(id);
      try {
        await options.forget(tenant, id);
      } catch (error) {
        logger.warn({ error, conversation: id }, 'what the runner keeps for a deleted conversation could not be removed');
      }
      return c.json({ id, object: 'conversation.deleted', deleted: true });
    }),
  );
  addItemRoutes(app, endpoint, options);
}
