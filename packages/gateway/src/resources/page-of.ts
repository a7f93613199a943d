import { badRequest } from '../gateway-error.ts';
import type { PageRequest } from '../ports/conversation-store.ts';

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
