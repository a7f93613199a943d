import { randomBytes } from 'node:crypto';
import type { ResponseState, StoredResponse } from '@claude-code-api/gateway';
import * as z from 'zod';
import type { RecordChange } from '../conversations/conversation-records.ts';
import { parseRecord } from '../conversations/parse-record.ts';
import type { StoredHead } from '../conversations/stored-conversation.ts';

/** A response is stored as a conversation's record is: what is known of it in the head's metadata, its input and events in batches. */
export type ResponseHead = Pick<StoredHead, 'id' | 'createdAt' | 'batches'>;

const jsonObject = z.record(z.string(), z.unknown());
export const storedInput = z.array(jsonObject);
export const storedEvents = z.array(z.string());

const metadata = z.object({
  told: z.string(),
  running: z.enum(['yes', 'no']),
  conversation: z.string().exactOptional(),
  lastItem: z.string().exactOptional(),
});

export function toHead(
  { id, createdAt, batches }: ResponseHead,
  { told, isRunning, position }: ResponseState,
  expiresAt: number,
  updatedAt: number,
): StoredHead {
  return {
    id,
    revision: randomBytes(8).toString('hex'),
    createdAt,
    updatedAt,
    expiresAt,
    metadata: { told: JSON.stringify(told), running: isRunning ? 'yes' : 'no', ...position },
    version: 1,
    system: '',
    batches,
  };
}

/** Undefined for a damaged one. */
export function toStoredResponse(head: StoredHead): StoredResponse | undefined {
  const { data: known } = metadata.safeParse(head.metadata);
  const told = known && parseRecord(known.told, jsonObject);
  if (known === undefined || told === undefined) return undefined;
  const { conversation, lastItem } = known;
  return {
    id: head.id,
    told,
    isRunning: known.running === 'yes',
    ...(conversation !== undefined && lastItem !== undefined && { position: { conversation, lastItem } }),
    eventCount: head.batches.slice(1).reduce((sum, batch) => sum + batch.itemCount, 0),
  };
}

/** A batch of a record, by its place among the record's batches. */
export function batchOf(
  place: number,
  items: readonly unknown[],
): { readonly batch: StoredHead['batches'][number]; readonly added: NonNullable<RecordChange['added']> } {
  const key = place.toString(16);
  const text = JSON.stringify(items);
  return { batch: { key, itemCount: items.length, bytes: Buffer.byteLength(text) }, added: { key, text } };
}
