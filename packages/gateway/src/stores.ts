/** The entry `@claude-code-api/gateway/stores`: conversations, responses, answers and quotas in any storage of unstorage, or in Redis; how quotas stand. */
export { createResponseCache, defaultCacheBytes, type ResponseCacheOptions } from './stores/cache/create-response-cache.ts';
export {
  createConversationStore,
  type ConversationStoreOptions,
  type StoredConversations,
} from './stores/conversations/create-conversation-store.ts';
export { readLimits, type LimitState } from './quotas/read-limits.ts';
export { createStores, type Stores, type StoresOptions } from './stores/create-stores.ts';
export { createDurableObjectStorage, type DurableObjectStorage } from './stores/local/create-durable-object-storage.ts';
export { createLocalBackend, type LocalBackendOptions } from './stores/local/create-local-backend.ts';
export { createRedisBackend, type RedisBackendOptions } from './stores/redis/create-redis-backend.ts';
export { createRedisOverHttp, type RedisOverHttpOptions } from './stores/redis/create-redis-over-http.ts';
export type { RedisCommand } from './stores/redis/redis-command.ts';
export { defaultKeyPrefix } from './stores/redis/redis-keys.ts';
export { createResponseStore, type ResponseStoreOptions, type StoredResponses } from './stores/responses/create-response-store.ts';
export { createServedBackend, type ServedBackendOptions } from './stores/served/create-served-backend.ts';
export { serveBackend } from './stores/served/serve-backend.ts';
export type { StorageBackend } from './stores/storage-backend.ts';
export type { Driver, Storage } from './stores/unstorage-types.ts';
