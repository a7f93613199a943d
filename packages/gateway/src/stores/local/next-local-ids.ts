import type { PageRequest } from '../../ports/conversation-store.ts';
import type { LocalIndex } from './local-index.ts';

/** The ids of the next conversations of a tenant that are not expired. */
export function nextLocalIds(index: LocalIndex, tenantKey: string, page: PageRequest, now: number): string[] {
  const all = index.ids(tenantKey);
  if (all === undefined) return [];
  const step = page.order === 'asc' ? 1 : -1;
  const ids: string[] = [];
  for (let position = startOf(all, page); ids.length < page.limit; position += step) {
    const id = position < 0 ? undefined : all.at(position);
    if (id === undefined) break;
    const entry = index.get(tenantKey, id);
    if (entry !== undefined && entry.expiresAt > now) ids.push(id);
  }
  return ids;
}

function startOf(all: NonNullable<ReturnType<LocalIndex['ids']>>, { order, after }: PageRequest): number {
  if (after === undefined) return order === 'asc' ? 0 : all.size - 1;
  const before = all.countBefore(after);
  if (order === 'desc') return before - 1;
  return all.at(before) === after ? before + 1 : before;
}
