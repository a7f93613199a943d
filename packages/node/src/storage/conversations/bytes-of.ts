import type { StoredHead } from './stored-head.ts';

/** What a conversation takes in the store: its head and its batches as JSON, in UTF-8. */
export function bytesOf(head: StoredHead): number {
  return head.batches.reduce((sum, batch) => sum + batch.bytes, Buffer.byteLength(JSON.stringify(head)));
}
