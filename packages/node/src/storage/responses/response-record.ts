import { randomBytes } from 'node:crypto';
import type { NewResponse, StoredResponse } from '@claude-code-api/gateway';
import * as z from 'zod';
import type { RecordChange } from '../conversations/conversation-records.ts';
import { parseRecord } from '../conversations/parse-record.ts';
import type { StoredHead } from '../conversations/stored-conversation.ts';

const jsonObject = z.record(z.string(), z.unknown());

export const storedInput = z.array(jsonObject);

const metadata = z.object({ told: z.string(), conversation: z.string().exactOptional(), lastItem: z.string().exactOptional() });

/** A response is stored as a conversation's record is: what is known of it in the head's metadata, its input as the one batch. */
export function toRecordChange({ id, told, position, input }: NewResponse, createdAt: number, keepMs: number): RecordChange {
  const added = { key: '0', text: JSON.stringify(input) };
  const head = {
    id,
    revision: randomBytes(8).toString('hex'),
    createdAt,
    updatedAt: createdAt,
    expiresAt: createdAt + keepMs,
    metadata: { told: JSON.stringify(told), ...position },
    version: 1,
    system: '',
    batches: [{ key: added.key, itemCount: input.length, bytes: Buffer.byteLength(added.text) }],
  };
  return { head, added, keepMs };
}

/** Undefined for a damaged one. */
export function toStoredResponse({ id, metadata: stored }: StoredHead): StoredResponse | undefined {
  const { data: known } = metadata.safeParse(stored);
  const told = known && parseRecord(known.told, jsonObject);
  if (known === undefined || told === undefined) return undefined;
  const { conversation, lastItem } = known;
  return { id, told, ...(conversation !== undefined && lastItem !== undefined && { position: { conversation, lastItem } }) };
}
