import * as z from 'zod/mini';
import type { ConversationInfo } from '../../ports/conversation-store.ts';
import { byteLength } from '../byte-length.ts';
import { messageSchema } from '../../turn/message-schema.ts';

/** What is stored of a conversation beside its items. A change is made when its head is written: a batch that no head names does not exist. */
export const storedHead = z.object({
  id: z.string(),
  /** Random, and another after every change of any kind: what a change compares before it is made. */
  revision: z.string().check(z.minLength(1)),
  createdAt: z.number(),
  updatedAt: z.number(),
  expiresAt: z.number(),
  metadata: z.record(z.string(), z.string()),
  version: z.number(),
  system: z.string(),
  model: z.exactOptional(z.string()),
  digest: z.exactOptional(z.string()),
  /** Where its items are, oldest first; `bytes` is what their JSON takes in UTF-8. */
  batches: z.array(z.object({ key: z.string().check(z.regex(/^[0-9a-f]{1,64}$/)), itemCount: z.number(), bytes: z.number() })),
});

export type StoredHead = z.infer<typeof storedHead>;

/** What a conversation takes in the store: its head and its batches as JSON, in UTF-8. */
export function bytesOf(head: StoredHead): number {
  return head.batches.reduce((sum, batch) => sum + batch.bytes, byteLength(JSON.stringify(head)));
}

export function toConversationInfo(head: StoredHead): ConversationInfo {
  const { batches, revision: _, ...info } = head;
  return { ...info, itemCount: batches.reduce((sum, batch) => sum + batch.itemCount, 0) };
}

/** A batch of items as it is stored. */
export const storedItems = z.array(z.looseObject({ ...messageSchema.shape, id: z.string(), requestedModel: z.exactOptional(z.string()) }));
