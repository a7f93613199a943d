import type { ConversationStore } from '../ports/conversation-store.ts';
import { type Logger, silentLogger } from '../ports/logger.ts';
import type { QuotaStore } from '../ports/quota-store.ts';
import type { ResponseCache } from '../ports/response-cache.ts';
import type { ResponseStore } from '../ports/response-store.ts';
import { createResponseCache, type ResponseCacheOptions } from './cache/create-response-cache.ts';
import { createConversationStore } from './conversations/create-conversation-store.ts';
import { createResponseStore } from './responses/create-response-store.ts';
import type { StorageBackend } from './storage-backend.ts';

/** In which place the stores are, and how much they keep for how long. */
export interface StoresOptions {
  /** The place, which `close` closes too. */
  readonly backend: StorageBackend;
  /** How long after its last change a conversation or response is gone, in milliseconds. */
  readonly ttlMs: number;
  /** The most that all conversations may take, and all responses, as JSON in UTF-8. Default: no bound. */
  readonly maxBytes?: number | undefined;
  /** The most that those of one tenant may take. Default: `maxBytes`. */
  readonly maxTenantBytes?: number | undefined;
  /** The bounds of the cache. Default: 1000 answers, each kept for an hour. */
  readonly cache?: Omit<ResponseCacheOptions, 'storage' | 'logger'>;
  /** Where to write what happens. Default: nowhere. */
  readonly logger?: Logger;
}

/** What a gateway keeps, all in one place. */
export interface Stores {
  /** Who may use that place at a time: one gateway, or any number of them. */
  readonly sharing: StorageBackend['sharing'];
  /** For the option `conversations.store`. */
  readonly conversations: ConversationStore;
  /** For `responses.store`. */
  readonly responses: ResponseStore;
  /** For `cache.store`. */
  readonly cache: ResponseCache;
  /** For `access.quotas`. */
  readonly quotas: QuotaStore;
  /** For `seal.key`. */
  readonly secret: () => Promise<string>;
  /** Stores what is not stored yet, and ends what is done from time to time. */
  close(): Promise<void>;
}

/** Opens all stores of a gateway in one place. Nothing is read before the first request. */
export function createStores(options: StoresOptions): Stores {
  const { backend, ttlMs, maxBytes, maxTenantBytes, cache = { maxEntries: 1000, ttlSeconds: 3600 }, logger = silentLogger } = options;
  const conversations = createConversationStore({ backend, ttlMs, maxBytes, maxTenantBytes, logger });
  const responses = createResponseStore({ backend, ttlMs, maxBytes, maxTenantBytes, logger });
  return {
    sharing: backend.sharing,
    conversations,
    responses,
    cache: createResponseCache({ ...cache, storage: backend.storage, logger }),
    quotas: backend.quotas,
    secret: backend.secret,
    async close() {
      await conversations.close();
      await responses.close();
      await backend.close();
    },
  };
}
