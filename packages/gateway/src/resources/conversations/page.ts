import * as z from 'zod/mini';
import { badRequest } from '../../bad-request.ts';
import { parseBody } from '../../dialects/parse-body.ts';
import type { ConversationItem, PageRequest } from '../../ports/conversation-store.ts';

const pageSchema = z.looseObject({
  limit: z.optional(z.string().check(z.regex(/^([1-9]\d?|100)$/, 'must be a whole number from 1 to 100'))),
  order: z.optional(z.enum(['asc', 'desc'])),
  after: z.optional(z.string().check(z.regex(/^[\w-]{1,64}$/, 'must be an id, as the `last_id` of the page before tells it'))),
});

/**
 * Reads which page a query asks for. Default: the 20 newest.
 *
 * @throws {GatewayError} 400 that names the parameter at fault.
 */
export function parsePage(query: Readonly<Record<string, string>>): PageRequest {
  const { limit = 20, order = 'desc', after } = parseBody(pageSchema, query);
  return { limit: Number(limit), order, ...(after !== undefined && { after }) };
}

/**
 * The page of a conversation's items that a request asks for.
 *
 * @throws {GatewayError} 400 for an `after` that is none of them.
 */
export function pageOf(
  all: readonly ConversationItem[],
  { limit, order, after }: PageRequest,
): { readonly items: readonly ConversationItem[]; readonly hasMore: boolean } {
  const ordered = order === 'asc' ? all : all.toReversed();
  const before = after === undefined ? -1 : ordered.findIndex(({ id }) => id === after);
  if (after !== undefined && before === -1)
    throw badRequest(`Invalid value for 'after': there is no item '${after}' in this conversation.`, 'after');
  const items = ordered.slice(before + 1, before + 1 + limit);
  return { items, hasMore: before + 1 + limit < ordered.length };
}

/** A page in OpenAI's form. */
export interface ListObject<Entry> {
  readonly object: 'list';
  readonly data: readonly Entry[];
  /** Empty for an empty page, as OpenAI's document says. */
  readonly first_id: string;
  readonly last_id: string;
  readonly has_more: boolean;
}

/** Makes a page of its entries. */
export function toList<Entry extends { readonly id: string }>(data: readonly Entry[], hasMore: boolean): ListObject<Entry> {
  return { object: 'list', data, first_id: data[0]?.id ?? '', last_id: data.at(-1)?.id ?? '', has_more: hasMore };
}
