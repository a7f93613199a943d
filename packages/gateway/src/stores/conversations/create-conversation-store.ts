import type { Conversation, ConversationInfo, ConversationStore } from '../../ports/conversation-store.ts';
import type { Logger } from '../../ports/logger.ts';
import { GatewayError } from '../../gateway-error.ts';
import { createConversationChanges, type ConversationChanges } from './create-conversation-changes.ts';
import type { ConversationKey } from './conversation-records.ts';
import { hashKey } from '../hash-key.ts';
import { repeat } from '../repeat.ts';
import { createItemReader } from './create-item-reader.ts';
import type { StorageBackend } from '../storage-backend.ts';
import { storageUnavailable } from './conversation-errors.ts';
import { type StoredHead, toConversationInfo } from './stored-conversation.ts';
import { trimConversations } from './trim-conversations.ts';

export interface ConversationStoreOptions {
  readonly backend: StorageBackend;
  /** How long after its last change a conversation is gone. */
  readonly ttlMs: number;
  /** The most that all conversations may take, as JSON in UTF-8. When there is more, the tenant that has most loses those that expire soonest. Default: no bound. */
  readonly maxBytes?: number | undefined;
  /** The most that those of one tenant may take: those that expire soonest go first, and one that takes more by itself is a 413. Default: `maxBytes`. */
  readonly maxTenantBytes?: number | undefined;
  readonly logger: Logger;
  /** The time in milliseconds. Default: `Date.now`. */
  readonly now?: () => number;
}

export interface StoredConversations extends ConversationStore {
  /** Removes what is expired; it does so by itself once a minute. */
  sweep(): Promise<void>;
  /** Ends the sweeping; the backend stays open. */
  close(): Promise<void>;
}

const sweepEveryMs = 60_000;

const nothingHeld = async (): Promise<void> => {};

/** The shape of all ids that are looked up; no other makes a key. */
const possibleId = /^[A-Za-z0-9_-]{1,64}$/;

/** The store of conversations over any backend. */
export function createConversationStore(options: ConversationStoreOptions): StoredConversations {
  const { backend, logger, now = Date.now } = options;
  const { maxBytes = Number.POSITIVE_INFINITY, maxTenantBytes = maxBytes } = options;
  const bounds = { maxBytes, maxTenantBytes: Math.min(maxTenantBytes, maxBytes) };
  const { records } = backend;
  const readConversation = createItemReader(records, logger);
  const changes = createConversationChanges({ records, ttlMs: options.ttlMs, maxBytes: bounds.maxTenantBytes, now });
  const sweeping = repeat(sweepEveryMs, async () => {
    try {
      await records.sweep(now());
    } catch (error) {
      logger.warn({ error }, 'Expired conversations can not be removed now');
    }
  });

  /** Does what `task` does with a possible key, and `otherwise` for any other id. */
  async function guard<Value, Other>(
    tenant: string,
    id: string,
    otherwise: Other,
    task: (key: ConversationKey) => Promise<Value>,
  ): Promise<Value | Other> {
    if (!possibleId.test(id)) return otherwise;
    sweeping.awaken();
    return guardErrors(() => task({ tenantKey: hashKey(tenant), id }));
  }

  /** After a change, so that the store does not grow beyond its bound. The change has been made whatever happens here. */
  async function trim(key: ConversationKey): Promise<void> {
    if (bounds.maxTenantBytes === Number.POSITIVE_INFINITY) return;
    try {
      await trimConversations(records, bounds, key);
    } catch (error) {
      logger.warn({ error }, 'The stored conversations can not be cut down now');
    }
  }

  function change(
    tenant: string,
    id: string,
    task: (made: ConversationChanges, key: ConversationKey) => Promise<StoredHead | undefined>,
  ): Promise<ConversationInfo | undefined> {
    return guard(tenant, id, undefined, async (key) => {
      const head = await task(changes, key);
      if (head !== undefined) await trim(key);
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
    read: (tenant, id) => guard(tenant, id, undefined, read),
    append: (tenant, id, appended) => change(tenant, id, (made, key) => made.append(key, appended)),
    updateMetadata: (tenant, id, metadata) => change(tenant, id, (made, key) => made.updateMetadata(key, metadata)),
    removeItem: (tenant, id, itemId) => change(tenant, id, (made, key) => made.removeItem(key, itemId)),
    delete: (tenant, id) => guard(tenant, id, false, (key) => changes.delete(key)),
    list: (tenant, page) =>
      guardErrors(async () => {
        const { heads, hasMore } = await records.list(hashKey(tenant), page, now());
        return { conversations: heads.map(toConversationInfo), hasMore };
      }),
    find: (tenant, digest) =>
      guardErrors(async () => {
        const tenantKey = hashKey(tenant);
        for (const id of await records.histories(tenantKey, digest)) {
          const head = await records.readHead({ tenantKey, id });
          if (head?.digest === digest && head.expiresAt > now()) return toConversationInfo(head);
        }
        return undefined;
      }),
    // What can't be an id is busy for nobody: who asks on hears that it is not there.
    hold: (tenant, id) => guard(tenant, id, nothingHeld, (key) => records.hold(key)),
    sweep: () => guardErrors(() => records.sweep(now())),
    close: () => sweeping.stop(),
  };
}

async function guardErrors<Value>(task: () => Promise<Value>): Promise<Value> {
  try {
    return await task();
  } catch (error) {
    throw GatewayError.isInstance(error) ? error : storageUnavailable(error);
  }
}

function alreadyExists(): GatewayError {
  return new GatewayError('There is a conversation of this id already.', {
    status: 409,
    code: 'conversation_exists',
  });
}
