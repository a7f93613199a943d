import type { Conversation, ConversationInfo, ConversationStore } from '../../ports/conversation-store.ts';
import { GatewayError } from '../../gateway-error.ts';
import { createConversationChanges, type ConversationChanges } from './create-conversation-changes.ts';
import type { ConversationKey } from './conversation-records.ts';
import { type KeepingOptions, keepRecords } from '../keep-records.ts';
import { createItemReader } from './create-item-reader.ts';
import type { StorageBackend } from '../storage-backend.ts';
import { type StoredHead, toConversationInfo } from './stored-conversation.ts';

/** Where conversations are kept, for how long, and how much of them. */
export interface ConversationStoreOptions extends KeepingOptions {
  readonly backend: StorageBackend;
}

/** A conversation store that removes what is expired, and must be closed. */
export interface StoredConversations extends ConversationStore {
  /** Removes what is expired; it does so by itself once a minute. */
  sweep(): Promise<void>;
  /** Ends the sweeping; the backend stays open. */
  close(): Promise<void>;
}

const nothingHeld = async (): Promise<void> => {};

/** The store of conversations over any backend. */
export function createConversationStore(options: ConversationStoreOptions): StoredConversations {
  const { backend, logger, ttlMs } = options;
  const { records } = backend;
  const keeper = keepRecords('conversations', records, options);
  const { now, maxTenantBytes: maxBytes } = keeper;
  const readConversation = createItemReader(records, logger);
  const changes = createConversationChanges({ records, ttlMs, maxBytes, now });

  function change(
    tenant: string,
    id: string,
    task: (made: ConversationChanges, key: ConversationKey) => Promise<StoredHead | undefined>,
  ): Promise<ConversationInfo | undefined> {
    return keeper.guard(tenant, id, undefined, async (key) => {
      const head = await task(changes, key);
      if (head !== undefined) await keeper.trim(key);
      return head && toConversationInfo(head);
    });
  }

  async function read(key: ConversationKey): Promise<Conversation | undefined> {
    const found = await readConversation(key);
    if (found === undefined || found.head.expiresAt <= now()) return undefined;
    return { ...toConversationInfo(found.head), items: found.items };
  }

  return {
    async create(tenant, conversation) {
      const info = await change(tenant, conversation.id, (made, key) => made.create(key, conversation));
      if (info === undefined) throw alreadyExists();
      return info;
    },
    read: (tenant, id) => keeper.guard(tenant, id, undefined, read),
    append: (tenant, id, appended) => change(tenant, id, (made, key) => made.append(key, appended)),
    updateMetadata: (tenant, id, metadata) => change(tenant, id, (made, key) => made.updateMetadata(key, metadata)),
    removeItem: (tenant, id, itemId) => change(tenant, id, (made, key) => made.removeItem(key, itemId)),
    delete: (tenant, id) => keeper.guard(tenant, id, false, (key) => changes.delete(key)),
    list: (tenant, page) =>
      keeper.guardErrors(async () => {
        const { heads, hasMore } = await records.list(keeper.tenantKeyOf(tenant), page, now());
        return { conversations: heads.map(toConversationInfo), hasMore };
      }),
    find: (tenant, digest) =>
      keeper.guardErrors(async () => {
        const tenantKey = keeper.tenantKeyOf(tenant);
        for (const id of await records.histories(tenantKey, digest)) {
          const head = await records.readHead({ tenantKey, id });
          if (head?.digest === digest && head.expiresAt > now()) return toConversationInfo(head);
        }
        return undefined;
      }),
    // What can't be an id is busy for nobody: who asks on hears that it is not there.
    hold: (tenant, id) => keeper.guard(tenant, id, nothingHeld, (key) => records.hold(key)),
    sweep: () => keeper.guardErrors(() => records.sweep(now())),
    close: () => keeper.close(),
  };
}

function alreadyExists(): GatewayError {
  return new GatewayError('There is a conversation of this id already.', {
    status: 409,
    code: 'conversation_exists',
  });
}
