import type { Logger } from '../../ports/logger.ts';
import type { Storage } from '../unstorage-types.ts';
import type { ConversationKey, ConversationRecords, RecordChange } from '../conversations/conversation-records.ts';
import { createJsonRecords, localKeys } from './json-records.ts';
import { createKeyedQueue } from './keyed-queue.ts';
import { listHeads } from '../conversations/list-heads.ts';
import { loadLocalIndex, toIndexEntry } from './load-local-index.ts';
import { type LocalIndex, nextLocalIds } from './local-index.ts';
import { parseRecord } from '../conversations/parse-record.ts';
import { storedHead, type StoredHead } from '../conversations/stored-conversation.ts';

export interface LocalRecordsOptions {
  /** For this process alone: nothing else may write the same conversations. */
  readonly storage: Storage;
  /** What the log calls one of them. */
  readonly noun: 'conversation' | 'response';
  readonly logger: Logger;
}

/**
 * Conversations in any unstorage, for one process. A batch is written before the head that names it. Which conversations there
 * are is kept in memory, a few hundred bytes for each, and read from the store at first use.
 */
export function createLocalRecords({ storage, noun, logger }: LocalRecordsOptions): ConversationRecords {
  const records = createJsonRecords(storage);
  const queue = createKeyedQueue();
  const held = new Set<string>();
  let loading: Promise<LocalIndex> | undefined;

  function warnOfDamage(key: string): void {
    logger.warn({ key }, `A stored ${noun} is damaged and is left out`);
  }

  async function load(): Promise<LocalIndex> {
    loading ??= loadLocalIndex(storage, warnOfDamage);
    try {
      return await loading;
    } catch (error) {
      // Whoever comes next tries again.
      loading = undefined;
      throw error;
    }
  }

  /** One at a time for each conversation: also reads, so that none sees a batch go that its head names. */
  async function alone<Value>(key: ConversationKey, task: (index: LocalIndex) => Promise<Value>): Promise<Value> {
    const index = await load();
    return queue.run(nameOf(key), () => task(index));
  }

  async function readHead(index: LocalIndex, key: ConversationKey): Promise<StoredHead | undefined> {
    const entry = index.get(key.tenantKey, key.id);
    if (entry === undefined) return undefined;
    const text = await records.read(localKeys.head(key));
    const head = typeof text === 'string' ? parseRecord(text, storedHead) : undefined;
    if (typeof text === 'string' && head?.id === key.id) {
      // Only when something else has written it, which should not be; what is stored is what counts.
      if (head.revision !== entry.revision) index.set(toIndexEntry(key.tenantKey, head));
      return head;
    }
    // Drivers with bounds of their own let go of records.
    if (text !== null) warnOfDamage(localKeys.head(key));
    index.delete(key.tenantKey, key.id);
    return undefined;
  }

  /** What is named by no head does no harm, so its removal may fail. The next start tries again. */
  async function discard(key: ConversationKey, batchKeys: readonly string[]): Promise<void> {
    const results = await Promise.allSettled(batchKeys.map((batchKey) => records.remove(localKeys.batch(key, batchKey))));
    for (const result of results) {
      if (result.status === 'rejected') logger.warn({ error: result.reason, id: key.id }, `A part of a removed ${noun} is left behind`);
    }
  }

  async function commit(index: LocalIndex, key: ConversationKey, change: RecordChange): Promise<boolean> {
    if (index.get(key.tenantKey, key.id)?.revision !== change.follows?.revision) return false;
    const { added, head, removedKey } = change;
    const text = JSON.stringify(head);
    try {
      if (added !== undefined) await records.write(localKeys.batch(key, added.key), added.text);
      await records.write(localKeys.head(key), text);
    } catch (error) {
      if (added !== undefined) await discard(key, [added.key]);
      throw error;
    }
    index.set(toIndexEntry(key.tenantKey, head));
    if (removedKey !== undefined) await discard(key, [removedKey]);
    return true;
  }

  async function remove(index: LocalIndex, key: ConversationKey, head: StoredHead): Promise<boolean> {
    if (index.get(key.tenantKey, key.id)?.revision !== head.revision) return false;
    await records.remove(localKeys.head(key));
    index.delete(key.tenantKey, key.id);
    await discard(
      key,
      head.batches.map((batch) => batch.key),
    );
    return true;
  }

  async function removeUnless(key: ConversationKey, isKept: (head: StoredHead) => boolean): Promise<void> {
    await alone(key, async (index) => {
      const head = await readHead(index, key);
      if (head !== undefined && !isKept(head)) await remove(index, key, head);
    });
  }

  return {
    readHead: (key) => alone(key, (index) => readHead(index, key)),
    read: (key, isKnown) =>
      alone(key, async (index) => {
        const head = await readHead(index, key);
        if (head === undefined) return undefined;
        const texts = await Promise.all(
          head.batches.map(async (batch) => (isKnown?.(batch.key) === true ? undefined : records.read(localKeys.batch(key, batch.key)))),
        );
        return { head, batches: texts.map((text) => text ?? undefined) };
      }),
    commit: (key, change) => alone(key, (index) => commit(index, key, change)),
    remove: (key, head) => alone(key, (index) => remove(index, key, head)),
    histories: async (tenantKey, digest) => (await load()).histories(tenantKey, digest),
    async list(tenantKey, page, now) {
      const index = await load();
      return listHeads(page, {
        nextIds: (limit, after) => nextLocalIds(index, tenantKey, { order: page.order, limit, ...(after !== undefined && { after }) }, now),
        readHead: (id) => alone({ tenantKey, id }, () => readHead(index, { tenantKey, id })),
        now,
      });
    },
    async hold(key) {
      const name = nameOf(key);
      if (held.has(name)) return undefined;
      held.add(name);
      let isGivenBack = false;
      return async () => {
        if (!isGivenBack) held.delete(name);
        isGivenBack = true;
      };
    },
    async sweep(now) {
      const { byExpiry } = await load();
      for (let first = byExpiry.at(0); first !== undefined && first.expiresAt <= now; first = byExpiry.at(0)) {
        await removeUnless(first, (head) => head.expiresAt > now);
      }
    },
    usage: async () => (await load()).usage(),
    async soonest(tenantKey, limit) {
      const entries = (await load()).byExpiryOf(tenantKey);
      return Array.from({ length: limit }, (_, position) => entries?.at(position)).flatMap((entry) => entry?.id ?? []);
    },
    evict: (key) => removeUnless(key, () => false),
  };
}

function nameOf({ tenantKey, id }: ConversationKey): string {
  return `${tenantKey}:${id}`;
}
