import type { ConversationChange, ConversationItem, Metadata, NewConversation } from '../../ports/conversation-store.ts';
import { bytesOf, type StoredHead, storedItems } from './stored-conversation.ts';
import type { ConversationKey, ConversationRecord, ConversationRecords, RecordChange } from './conversation-records.ts';
import { conversationDamaged, conversationTooLarge } from './conversation-errors.ts';
import { randomDigits } from '../../basics/random-id.ts';
import { byteLength } from '../byte-length.ts';
import { parseRecord } from './parse-record.ts';

export interface ConversationChangesOptions {
  readonly records: ConversationRecords;
  readonly ttlMs: number;
  /** The most that one conversation may take. */
  readonly maxBytes: number;
  readonly now: () => number;
}

/** Each answers what the conversation is then; undefined where nothing was to be changed. What makes one too large is a 413. */
export interface ConversationChanges {
  /** Undefined when there is one of this id. */
  create(key: ConversationKey, conversation: NewConversation): Promise<StoredHead | undefined>;
  append(key: ConversationKey, change: ConversationChange): Promise<StoredHead | undefined>;
  updateMetadata(key: ConversationKey, metadata: Metadata): Promise<StoredHead | undefined>;
  removeItem(key: ConversationKey, itemId: string): Promise<StoredHead | undefined>;
  delete(key: ConversationKey): Promise<boolean>;
}

type Batch = StoredHead['batches'][number];
type Planned = Omit<RecordChange, 'follows' | 'keepMs'>;

/** Names batches and revisions. */
const randomKey = (): string => randomDigits().slice(0, 16);

/** How many times a change is planned, when other changes come before it. */
const maxAttempts = 100;

/** Plans changes of conversations, and makes them: again, as long as someone else is faster. */
export function createConversationChanges({ records, ttlMs, maxBytes, now }: ConversationChangesOptions): ConversationChanges {
  /** What every change has in common. */
  function times(): Pick<StoredHead, 'revision' | 'updatedAt' | 'expiresAt'> {
    const updatedAt = now();
    return { revision: randomKey(), updatedAt, expiresAt: updatedAt + ttlMs };
  }

  function checkSize(head: StoredHead): void {
    if (bytesOf(head) > maxBytes) throw conversationTooLarge(head.id);
  }

  /** Makes the change that `plan` makes of what `read` finds; undefined when there is nothing, or nothing to change. */
  async function change<Found extends { readonly head: StoredHead }>(
    key: ConversationKey,
    read: (key: ConversationKey) => Promise<Found | undefined>,
    plan: (found: Found) => Planned | undefined,
  ): Promise<StoredHead | undefined> {
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const found = await read(key);
      const planned = found !== undefined && found.head.expiresAt > now() ? plan(found) : undefined;
      if (found === undefined || planned === undefined) return undefined;
      if (await records.commit(key, { ...planned, follows: found.head, keepMs: ttlMs })) return planned.head;
    }
    throw changedTooOften();
  }

  async function readHead(key: ConversationKey): Promise<{ head: StoredHead } | undefined> {
    const head = await records.readHead(key);
    return head && { head };
  }

  /** Puts what is left of the item's batch in its place. */
  function planRemoval({ head, batches: texts }: ConversationRecord, itemId: string): Planned | undefined {
    for (const [index, text] of texts.entries()) {
      const items = text === undefined ? undefined : parseRecord(text, storedItems);
      const old = head.batches[index];
      if (items === undefined || items.length !== old?.itemCount) throw conversationDamaged(head.id);
      const left = items.filter((item) => item.id !== itemId);
      if (left.length === items.length) continue;
      const { digest: _, ...rest } = head;
      const { batch, added } = toBatch(left);
      const batches = head.batches.toSpliced(index, 1, ...(batch === undefined ? [] : [batch]));
      return { head: { ...rest, ...times(), version: head.version + 1, batches }, removedKey: old.key, ...(added && { added }) };
    }
    return undefined;
  }

  return {
    async create(key, conversation) {
      const { items, ...given } = conversation;
      const { batch, added } = toBatch(items);
      const common = times();
      const head: StoredHead = {
        ...given,
        ...common,
        createdAt: common.updatedAt,
        version: 1,
        batches: batch === undefined ? [] : [batch],
      };
      checkSize(head);
      const planned = { head, keepMs: ttlMs, ...(added && { added }) };
      if (await records.commit(key, planned)) return head;
      const present = await records.readHead(key);
      if (present === undefined || present.expiresAt > now()) return undefined;
      // An expired one that no sweep has found yet.
      await records.remove(key, present);
      return (await records.commit(key, planned)) ? head : undefined;
    },
    append: (key, { items, version, system, model, digest }) => {
      const { batch, added } = toBatch(items);
      return change(key, readHead, ({ head }) => {
        if (head.version !== version) return undefined;
        const { digest: _, ...rest } = head;
        const batches = batch === undefined ? head.batches : [...head.batches, batch];
        const next = {
          ...rest,
          ...times(),
          version: version + 1,
          batches,
          ...(system !== undefined && { system }),
          ...(model !== undefined && { model }),
          ...(digest !== undefined && { digest }),
        };
        checkSize(next);
        return { head: next, ...(added && { added }) };
      });
    },
    updateMetadata: (key, metadata) => change(key, readHead, ({ head }) => ({ head: { ...head, ...times(), metadata } })),
    removeItem: (key, itemId) =>
      change(
        key,
        (read) => records.read(read),
        (record) => planRemoval(record, itemId),
      ),
    async delete(key) {
      for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
        const head = await records.readHead(key);
        if (head === undefined || head.expiresAt <= now()) return false;
        if (await records.remove(key, head)) return true;
      }
      throw changedTooOften();
    },
  };
}

function toBatch(items: readonly ConversationItem[]): { batch?: Batch; added?: RecordChange['added'] } {
  if (items.length === 0) return {};
  const key = randomKey();
  const text = JSON.stringify(items);
  return { batch: { key, itemCount: items.length, bytes: byteLength(text) }, added: { key, text } };
}

function changedTooOften(): Error {
  return new Error('Others change the conversation all the time.');
}
