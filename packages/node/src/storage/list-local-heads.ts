import type { PageRequest } from '@claude-code-api/gateway';
import type { HeadPage } from './conversation-records.ts';
import type { LocalIndex } from './local-index.ts';
import type { StoredHead } from './stored-head.ts';

/** A page of a tenant's conversations. It reads as many heads as it answers, and one more for each that is found damaged. */
export async function listLocalHeads(
  index: LocalIndex,
  tenantKey: string,
  page: PageRequest,
  now: number,
  readHead: (id: string) => Promise<StoredHead | undefined>,
): Promise<HeadPage> {
  const heads: StoredHead[] = [];
  let after = page.after;
  for (;;) {
    const wanted = page.limit + 1 - heads.length;
    const ids = nextIds(index, tenantKey, { ...page, limit: wanted, ...(after !== undefined && { after }) }, now);
    const read = await Promise.all(ids.map(readHead));
    for (const head of read) if (head !== undefined && head.expiresAt > now) heads.push(head);
    if (heads.length > page.limit) return { heads: heads.slice(0, page.limit), hasMore: true };
    if (ids.length < wanted) return { heads, hasMore: false };
    after = ids.at(-1);
  }
}

function nextIds(index: LocalIndex, tenantKey: string, page: PageRequest, now: number): string[] {
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
