import type { BackgroundState, ResponsePosition, StoredResponse } from '../../ports/response-store.ts';
import { randomDigits } from '../../basics/random-id.ts';
import { byteLength } from '../byte-length.ts';
import * as z from 'zod/mini';
import type { RecordChange } from '../conversations/conversation-records.ts';
import { parseRecord } from '../conversations/parse-record.ts';
import type { StoredHead } from '../conversations/stored-conversation.ts';

const jsonObject = z.record(z.string(), z.unknown());
export const storedInput = z.array(jsonObject);
export const storedEvents = z.array(z.string());

const metadata = z.object({
  told: z.string(),
  conversation: z.exactOptional(z.string()),
  lastItem: z.exactOptional(z.string()),
  state: z.exactOptional(z.enum(['running', 'cancelling', 'ended'])),
});

/** What is known of a response beside its input and events. */
export interface ResponseFacts {
  readonly told: StoredResponse['told'];
  readonly position?: ResponsePosition | undefined;
  /** Undefined for one that was not made in the background. */
  readonly state: BackgroundState['state'] | undefined;
}

/** A response is stored as a conversation's record is: what is known of it in the head's metadata, its input as the first batch, its events as the others. */
export function toHead(
  of: Pick<StoredHead, 'id' | 'createdAt' | 'batches'>,
  facts: ResponseFacts,
  now: number,
  keepMs: number,
): StoredHead {
  const { told, position, state } = facts;
  return {
    ...of,
    revision: randomDigits(),
    updatedAt: now,
    expiresAt: now + keepMs,
    metadata: { told: JSON.stringify(told), ...position, ...(state !== undefined && { state }) },
    version: 1,
    system: '',
  };
}

/** Undefined for a damaged one. */
export function toStoredResponse({ id, metadata: stored, batches }: StoredHead): StoredResponse | undefined {
  const { data: known } = metadata.safeParse(stored);
  const told = known && parseRecord(known.told, jsonObject);
  if (known === undefined || told === undefined) return undefined;
  const { conversation, lastItem, state } = known;
  const eventCount = batches.slice(1).reduce((sum, { itemCount }) => sum + itemCount, 0);
  return {
    id,
    told,
    ...(conversation !== undefined && lastItem !== undefined && { position: { conversation, lastItem } }),
    ...(state !== undefined && { background: { state, eventCount } }),
  };
}

/** A batch of a record, by its place among the record's batches. */
export function toBatch(
  place: number,
  items: readonly unknown[],
): { readonly batch: StoredHead['batches'][number]; readonly added: NonNullable<RecordChange['added']> } {
  const key = place.toString(16);
  const text = JSON.stringify(items);
  return { batch: { key, itemCount: items.length, bytes: byteLength(text) }, added: { key, text } };
}
