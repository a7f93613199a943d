import type { Storage } from '../unstorage-types.ts';
import type { ConversationKey } from '../conversations/conversation-records.ts';
import { createJsonRecords, type JsonRecords, localKeys } from './json-records.ts';
import { createLocalIndex, type IndexEntry, type LocalIndex } from './local-index.ts';
import { parseRecord } from '../conversations/parse-record.ts';
import { bytesOf, storedHead, type StoredHead } from '../conversations/stored-conversation.ts';

/** How many records are read side by side: enough to hide the wait for a disk, and far from the bound of open files. */
const readAtOnce = 64;

interface Found extends ConversationKey {
  hasHead: boolean;
  readonly batchKeys: string[];
}

/**
 * Reads which conversations are stored. What a killed process has left behind goes: batches that no head names. What lies
 * beside a damaged head stays as it is, for the operator.
 *
 * @param damaged Is told the key of each head that can not be read.
 */
export async function loadLocalIndex(storage: Storage, damaged: (key: string) => void): Promise<LocalIndex> {
  const records = createJsonRecords(storage);
  const conversations = findConversations(await storage.getKeys(localKeys.base));
  const loaded: Array<{ entry: IndexEntry; updatedAt: number }> = [];
  for (let start = 0; start < conversations.length; start += readAtOnce) {
    const some = await Promise.all(conversations.slice(start, start + readAtOnce).map((found) => load(found, records, damaged)));
    for (const each of some) if (each !== undefined) loaded.push(each);
  }
  const index = createLocalIndex();
  // The one that was changed last is the first to be found by its digest.
  for (const { entry } of loaded.toSorted((left, right) => left.updatedAt - right.updatedAt)) index.set(entry);
  return index;
}

function findConversations(keys: readonly string[]): Found[] {
  const conversations = new Map<string, Found>();
  for (const key of keys) {
    const [base, tenantKey, id, name, ...more] = key.split(':');
    if (base !== localKeys.base || tenantKey === undefined || id === undefined || name === undefined || more.length > 0) continue;
    const found = conversations.get(`${tenantKey}:${id}`) ?? { tenantKey, id, hasHead: false, batchKeys: [] };
    conversations.set(`${tenantKey}:${id}`, found);
    if (name === 'head') found.hasHead = true;
    else found.batchKeys.push(name);
  }
  return [...conversations.values()];
}

async function load(
  found: Found,
  records: JsonRecords,
  damaged: (key: string) => void,
): Promise<{ entry: IndexEntry; updatedAt: number } | undefined> {
  const { tenantKey, id } = found;
  const text = found.hasHead ? await records.read(localKeys.head(found)) : null;
  const head = typeof text === 'string' ? parseRecord(text, storedHead) : undefined;
  const isReadable = head?.id === id;
  if (!isReadable && text !== null) {
    damaged(localKeys.head(found));
    return undefined;
  }
  const named = new Set(isReadable ? head.batches.map((batch) => batch.key) : []);
  const orphans = found.batchKeys.filter((key) => !named.has(key));
  await Promise.all(orphans.map((key) => records.remove(localKeys.batch(found, key))));
  if (!isReadable) return undefined;
  return { entry: toIndexEntry(tenantKey, head), updatedAt: head.updatedAt };
}

/** What the index keeps of a head. */
export function toIndexEntry(tenantKey: string, head: StoredHead): IndexEntry {
  const { id, revision, expiresAt, digest } = head;
  return { tenantKey, id, revision, expiresAt, bytes: bytesOf(head), digest };
}
