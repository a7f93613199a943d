import type { ConversationKey } from './conversation-records.ts';
import { hashKey } from './hash-key.ts';

export interface RedisKeys {
  /** A hash: `revision`, `head`, and `batch:` with each batch's key. */
  conversation(key: ConversationKey): string;
  /** A sorted set of a tenant's ids, all of score 0. */
  ids(tenantKey: string): string;
  /** A sorted set of all conversations' names, by their expiresAt. */
  readonly expiries: string;
  /** A list of the ids that came to a digest, the last one first. */
  history(tenantKey: string, digest: string | undefined): string;
  hold(key: ConversationKey): string;
}

export function createRedisKeys(prefix: string): RedisKeys {
  return {
    conversation: ({ tenantKey, id }) => `${prefix}:conversations:${tenantKey}:${id}`,
    ids: (tenantKey) => `${prefix}:conversation-ids:${tenantKey}`,
    expiries: `${prefix}:conversation-expiries`,
    history: (tenantKey, digest) => `${prefix}:histories:${tenantKey}:${digest === undefined ? 'none' : hashKey(digest)}`,
    hold: ({ tenantKey, id }) => `${prefix}:holds:${tenantKey}:${id}`,
  };
}
