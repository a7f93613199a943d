import type { ConversationItem } from '../../ports/conversation-store.ts';
import type { Logger } from '../../ports/logger.ts';
import { conversationDamaged } from './conversation-errors.ts';
import type { ConversationKey, ConversationRecord, ConversationRecords } from './conversation-records.ts';
import { parseRecord } from './parse-record.ts';
import { type StoredHead, storedItems } from './stored-conversation.ts';

/** A conversation as it is read: its head, and the items that the head names. */
export interface ReadConversation {
  readonly head: StoredHead;
  readonly items: ConversationItem[];
}

/** The most that is remembered of what was read, in characters of its JSON. */
const maxCharacters = 16_000_000;

/**
 * Reads conversations with their items. A batch never changes, so one that was read before is not read and parsed again, as long as
 * there is room for it. Throws a `GatewayError` 500 `conversation_damaged` where one is damaged or missing, and the log says so.
 */
export function createItemReader(
  records: ConversationRecords,
  logger: Logger,
): (key: ConversationKey) => Promise<ReadConversation | undefined> {
  const parsed = createRemembered();

  return async (key) => {
    /** Held here, whatever goes to make room meanwhile. */
    const known = new Map<string, readonly ConversationItem[]>();
    const found = await records.read(key, (batch) => {
      const items = parsed.get(`${key.id}:${batch}`);
      if (items !== undefined) known.set(batch, items);
      return items !== undefined;
    });
    return found && { head: found.head, items: itemsOf(found, known, key) };
  };

  function itemsOf(
    { head, batches }: ConversationRecord,
    known: ReadonlyMap<string, readonly ConversationItem[]>,
    { tenantKey }: ConversationKey,
  ): ConversationItem[] {
    return head.batches.flatMap(({ key, itemCount }, index) => {
      const text = batches[index];
      const items = text === undefined ? known.get(key) : parseRecord(text, storedItems);
      if (items?.length !== itemCount) {
        logger.error({ tenantKey, id: head.id, batch: key }, 'A part of a stored conversation is damaged or missing');
        throw conversationDamaged(head.id);
      }
      if (text !== undefined && text.length <= maxCharacters) parsed.set(`${head.id}:${key}`, items, text.length);
      return items;
    });
  }
}

interface Remembered {
  get(key: string): readonly ConversationItem[] | undefined;
  set(key: string, items: readonly ConversationItem[], characters: number): void;
}

/** Remembers items, and lets go first of those that were used least recently. */
function createRemembered(): Remembered {
  const entries = new Map<string, { readonly items: readonly ConversationItem[]; readonly characters: number }>();
  let total = 0;

  function forget(key: string): void {
    total -= entries.get(key)?.characters ?? 0;
    entries.delete(key);
  }

  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry.items;
    },
    set(key, items, characters) {
      forget(key);
      entries.set(key, { items, characters });
      total += characters;
      for (const oldest of entries.keys()) {
        if (total <= maxCharacters) return;
        forget(oldest);
      }
    },
  };
}
