import type { TenantUsage } from '../conversations/conversation-records.ts';
import { createSortedList, type SortedList } from './sorted-list.ts';
import type { PageRequest } from '../../ports/conversation-store.ts';

/** What is known in memory of a stored conversation. */
export interface IndexEntry {
  readonly tenantKey: string;
  readonly id: string;
  readonly revision: string;
  readonly expiresAt: number;
  /** The bytes of its head and batches, as JSON. */
  readonly bytes: number;
  /** Of its present history. */
  readonly digest: string | undefined;
}

export interface LocalIndex {
  get(tenantKey: string, id: string): IndexEntry | undefined;
  /** Puts in an entry, in place of an earlier one of the same conversation. */
  set(entry: IndexEntry): void;
  delete(tenantKey: string, id: string): void;
  /** The tenant's ids in order; undefined for a tenant that has none. */
  ids(tenantKey: string): SortedList<string> | undefined;
  /** The tenant's ids whose histories have this digest, the one that came to it last first. */
  histories(tenantKey: string, digest: string): readonly string[];
  /** All entries, the one that expires soonest first. */
  readonly byExpiry: SortedList<IndexEntry>;
  /** The entries of one tenant, in the same order; undefined for a tenant that has none. */
  byExpiryOf(tenantKey: string): SortedList<IndexEntry> | undefined;
  /** What each tenant's entries take. */
  usage(): TenantUsage[];
}

/** The entries of one tenant. */
interface Tenant {
  readonly ids: SortedList<string>;
  readonly byExpiry: SortedList<IndexEntry>;
  bytes: number;
}

/** Which conversations there are: by tenant in the order of their ids, by digest, and in the order of their expiry. */
export function createLocalIndex(): LocalIndex {
  const entries = new Map<string, IndexEntry>();
  const tenants = new Map<string, Tenant>();
  const byExpiry = createSortedList(compareExpiries);
  const histories = new Map<string, Set<string>>();

  function tenantOf(tenantKey: string): Tenant {
    const tenant = tenants.get(tenantKey) ?? { ids: createSortedList(compareTexts), byExpiry: createSortedList(compareExpiries), bytes: 0 };
    tenants.set(tenantKey, tenant);
    return tenant;
  }

  function count(entry: IndexEntry): void {
    const tenant = tenantOf(entry.tenantKey);
    byExpiry.add(entry);
    tenant.byExpiry.add(entry);
    tenant.ids.add(entry.id);
    tenant.bytes += entry.bytes;
  }

  function forget(entry: IndexEntry): void {
    const tenant = tenantOf(entry.tenantKey);
    byExpiry.remove(entry);
    tenant.byExpiry.remove(entry);
    tenant.bytes -= entry.bytes;
  }

  function leaveHistory({ tenantKey, digest, id }: IndexEntry): void {
    const ids = histories.get(`${tenantKey}:${digest}`);
    ids?.delete(id);
    if (ids?.size === 0) histories.delete(`${tenantKey}:${digest}`);
  }

  function joinHistory({ tenantKey, digest, id }: IndexEntry): void {
    if (digest === undefined) return;
    const ids = histories.get(`${tenantKey}:${digest}`);
    if (ids === undefined) histories.set(`${tenantKey}:${digest}`, new Set([id]));
    else ids.add(id);
  }

  return {
    get: (tenantKey, id) => entries.get(`${tenantKey}:${id}`),
    set(entry) {
      const key = `${entry.tenantKey}:${entry.id}`;
      const earlier = entries.get(key);
      if (earlier !== undefined) {
        forget(earlier);
        if (earlier.digest !== entry.digest) leaveHistory(earlier);
      }
      joinHistory(entry);
      entries.set(key, entry);
      count(entry);
    },
    delete(tenantKey, id) {
      const entry = entries.get(`${tenantKey}:${id}`);
      if (entry === undefined) return;
      forget(entry);
      leaveHistory(entry);
      entries.delete(`${tenantKey}:${id}`);
      const { ids } = tenantOf(tenantKey);
      ids.remove(id);
      if (ids.size === 0) tenants.delete(tenantKey);
    },
    ids: (tenantKey) => tenants.get(tenantKey)?.ids,
    histories: (tenantKey, digest) => [...(histories.get(`${tenantKey}:${digest}`) ?? [])].toReversed(),
    byExpiry,
    byExpiryOf: (tenantKey) => tenants.get(tenantKey)?.byExpiry,
    usage: () => [...tenants].map(([tenantKey, { bytes }]) => ({ tenantKey, bytes })),
  };
}

function compareExpiries(left: IndexEntry, right: IndexEntry): number {
  return left.expiresAt - right.expiresAt || compareTexts(left.id, right.id) || compareTexts(left.tenantKey, right.tenantKey);
}

/** Orders texts by code units, as Redis orders these ids too. */
function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

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
