import type { PageRequest } from '../../ports/conversation-store.ts';
import type { HeadPage } from './conversation-records.ts';
import type { StoredHead } from './stored-conversation.ts';

export interface ListHeadsOptions {
  /** The next ids of the tenant's in the page's order, behind `after`, as many as are wanted; fewer when there are no more. */
  readonly nextIds: (wanted: number, after: string | undefined) => readonly string[] | Promise<readonly string[]>;
  /** Undefined for one that is gone or damaged. */
  readonly readHead: (id: string) => Promise<StoredHead | undefined>;
  readonly now: number;
}

/** A page of a tenant's conversations. It reads as many heads as it answers, and one more for each that is gone, damaged or expired. */
export async function listHeads(page: PageRequest, { nextIds, readHead, now }: ListHeadsOptions): Promise<HeadPage> {
  const heads: StoredHead[] = [];
  let { after } = page;
  for (;;) {
    const wanted = page.limit + 1 - heads.length;
    const ids = await nextIds(wanted, after);
    const read = await Promise.all(ids.map(readHead));
    for (const head of read) if (head !== undefined && head.expiresAt > now) heads.push(head);
    if (heads.length > page.limit) return { heads: heads.slice(0, page.limit), hasMore: true };
    if (ids.length < wanted) return { heads, hasMore: false };
    after = ids.at(-1);
  }
}
