import type { Context } from 'hono';
import { conversationBusy, conversationNotFound } from '../../conversations/conversation-errors.ts';
import { GatewayError } from '../../gateway-error.ts';
import type { AddRoute } from '../../http/route.ts';
import type { RequestContext } from '../../engine/request-context.ts';
import { parseBody } from '../../dialects/parse-body.ts';
import type { Conversation } from '../../ports/conversation-store.ts';
import { itemsSchema } from './body-schemas.ts';
import { checkItemCalls, conversationIdOf, type ConversationRoutesOptions, readerFor } from './conversation-request.ts';
import { parseItems } from '../../dialects/items/parse-items.ts';
import { pageOf, parsePage, toList } from '../page.ts';
import { type AddedItems, toAddedItems } from './to-added-items.ts';
import { toApiItem } from '../../dialects/items/to-api-item.ts';
import { toConversationObject } from './to-conversation-object.ts';

interface Place {
  readonly tenant: string;
  readonly id: string;
}

/** The items of a conversation: add, list, read and remove. */
export function addItemRoutes(add: AddRoute, options: ConversationRoutesOptions): void {
  const { store } = options;
  const placeOf = (c: Context, { caller }: RequestContext): Place => ({ id: conversationIdOf(c), tenant: caller.tenant });

  async function read({ tenant, id }: Place): Promise<Conversation> {
    const conversation = await store.read(tenant, id);
    if (conversation === undefined) throw conversationNotFound(id);
    return conversation;
  }

  /** While this changes a conversation, no turn and no other request does. */
  async function held<Result>({ tenant, id }: Place, change: () => Promise<Result>): Promise<Result> {
    const release = await store.hold(tenant, id);
    if (release === undefined) throw conversationBusy(id);
    try {
      return await change();
    } finally {
      await release();
    }
  }

  async function append(place: Place, { items, system }: AddedItems): Promise<void> {
    const { version, system: before, items: earlier } = await read(place);
    checkItemCalls(earlier, items);
    const change = { version, items, ...(system !== '' && { system: before.trim() === '' ? system : `${before}\n\n${system}` }) };
    if ((await store.append(place.tenant, place.id, change)) !== undefined) return;
    // It has gone in between, or someone has changed it without holding it.
    await read(place);
    throw conversationBusy(place.id);
  }

  add('POST', '/v1/conversations/:id/items', async (c, request) => {
    const place = placeOf(c, request);
    const { items } = parseBody(itemsSchema, await request.readJson());
    const added = await toAddedItems(parseItems(items), readerFor(c.req.raw, request, options));
    await held(place, () => append(place, added));
    return c.json(toList(added.told, false));
  });
  add('GET', '/v1/conversations/:id/items', async (c, request) => {
    const place = placeOf(c, request);
    const page = parsePage(c.req.query());
    const { items, hasMore } = pageOf((await read(place)).items, page, 'in this conversation');
    return c.json(toList(items.map(toApiItem), hasMore));
  });
  add('GET', '/v1/conversations/:id/items/:itemId', async (c, request) => {
    const place = placeOf(c, request);
    const itemId = c.req.param('itemId') ?? '';
    const item = (await read(place)).items.find((each) => each.id === itemId);
    if (item === undefined) throw itemNotFound(place.id, itemId);
    return c.json(toApiItem(item));
  });
  add('DELETE', '/v1/conversations/:id/items/:itemId', async (c, request) => {
    const place = placeOf(c, request);
    const itemId = c.req.param('itemId') ?? '';
    return held(place, async () => {
      const info = await store.removeItem(place.tenant, place.id, itemId);
      if (info !== undefined) return c.json(toConversationObject(info));
      await read(place);
      throw itemNotFound(place.id, itemId);
    });
  });
}

/** The 404 for an item that is not in its conversation. */
function itemNotFound(conversationId: string, itemId: string): GatewayError {
  return new GatewayError(
    `Item with id '${itemId}' not found in conversation '${conversationId}'. GET /v1/conversations/${conversationId}/items lists those that there are.`,
    { status: 404, code: 'item_not_found' },
  );
}
