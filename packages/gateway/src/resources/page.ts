import * as z from 'zod/mini';
import { parseBody } from '../dialects/parse-body.ts';
import type { PageRequest } from '../ports/conversation-store.ts';
import { badRequest } from '../gateway-error.ts';

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
 * A page of items.
 *
 * @param all The oldest first.
 * @param where What has them, for errors: `in this conversation`.
 * @throws {GatewayError} 400 when there is none with the id that the page is to begin behind.
 */
export function pageOf<Item extends { readonly id: string }>(
  all: readonly Item[],
  { limit, order, after }: PageRequest,
  where: string,
): { readonly items: readonly Item[]; readonly hasMore: boolean } {
  const ordered = order === 'asc' ? all : all.toReversed();
  const before = after === undefined ? -1 : ordered.findIndex(({ id }) => id === after);
  if (after !== undefined && before === -1) throw badRequest(`Invalid value for 'after': there is no item '${after}' ${where}.`, 'after');
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
