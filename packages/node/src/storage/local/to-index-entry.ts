import { bytesOf } from '../conversations/bytes-of.ts';
import { hashKey } from '../hash-key.ts';
import type { IndexEntry } from './local-index.ts';
import type { StoredHead } from '../conversations/stored-head.ts';

/** What the index keeps of a head. */
export function toIndexEntry(tenantKey: string, head: StoredHead): IndexEntry {
  const { id, revision, expiresAt, digest } = head;
  return { tenantKey, id, revision, expiresAt, bytes: bytesOf(head), digestKey: digest === undefined ? undefined : hashKey(digest) };
}
