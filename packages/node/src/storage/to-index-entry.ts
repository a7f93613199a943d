import { hashKey } from './hash-key.ts';
import type { IndexEntry } from './local-index.ts';
import type { StoredHead } from './stored-head.ts';

/** What the index keeps of a head; `headBytes` is the length of its JSON. */
export function toIndexEntry(tenantKey: string, head: StoredHead, headBytes: number): IndexEntry {
  const { id, revision, expiresAt, digest } = head;
  const bytes = head.batches.reduce((sum, batch) => sum + batch.bytes, headBytes);
  return { tenantKey, id, revision, expiresAt, bytes, digestKey: digest === undefined ? undefined : hashKey(digest) };
}
