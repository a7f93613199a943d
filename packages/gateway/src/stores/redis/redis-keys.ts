import type { ConversationKey } from '../conversations/conversation-records.ts';
import { toKeyPart } from '../to-key-part.ts';

/** What all keys begin with, where nothing else is said. */
export const defaultKeyPrefix = 'claude-code-api';

export interface RedisKeys {
  /** A hash: `revision`, `head`, and `batch:` with each batch's key. */
  conversation(key: ConversationKey): string;
  /** A sorted set of a tenant's ids, all of score 0. */
  ids(tenantKey: string): string;
  /** A sorted set of all conversations' names, by their expiresAt. */
  readonly expiries: string;
  /** A sorted set of a tenant's ids, by their expiresAt. */
  expiriesOf(tenantKey: string): string;
  /** A hash of what each conversation takes in bytes, by its name. */
  readonly sizes: string;
  /** A sorted set of all tenants, by what their conversations take in bytes. */
  readonly usage: string;
  /** A list of the ids that came to a digest, the last one first. */
  history(tenantKey: string, digest: string | undefined): string;
  hold(key: ConversationKey): string;
  /** The keys that every change of a conversation touches: its own, the tenant's ids, all expiries, the tenant's expiries, sizes, usage. */
  allOf(key: ConversationKey): readonly string[];
}

export function createRedisKeys(prefix: string): RedisKeys {
  const keys = {
    conversation: ({ tenantKey, id }: ConversationKey) => `${prefix}:conversations:${tenantKey}:${id}`,
    ids: (tenantKey: string) => `${prefix}:conversation-ids:${tenantKey}`,
    expiries: `${prefix}:conversation-expiries`,
    expiriesOf: (tenantKey: string) => `${prefix}:conversation-expiries:${tenantKey}`,
    sizes: `${prefix}:conversation-sizes`,
    usage: `${prefix}:conversation-usage`,
    history: (tenantKey: string, digest: string | undefined) =>
      `${prefix}:histories:${tenantKey}:${digest === undefined ? 'none' : toKeyPart(digest)}`,
    hold: ({ tenantKey, id }: ConversationKey) => `${prefix}:holds:${tenantKey}:${id}`,
  };
  return {
    ...keys,
    allOf: (key) => [
      keys.conversation(key),
      keys.ids(key.tenantKey),
      keys.expiries,
      keys.expiriesOf(key.tenantKey),
      keys.sizes,
      keys.usage,
    ],
  };
}
