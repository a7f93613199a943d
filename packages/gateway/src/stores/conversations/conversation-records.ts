import type { PageRequest } from '../../ports/conversation-store.ts';
import type { StoredHead } from './stored-conversation.ts';

/**
 * Where conversations lie: what differs between a store that one process has for itself and Redis. Every change is whole or
 * not at all, also when the process is killed in the middle. It knows nothing of what expired means for callers: it answers what is there.
 */
export interface ConversationRecords {
  /** Undefined for one that is not there, or damaged. */
  readHead(key: ConversationKey): Promise<StoredHead | undefined>;
  /** Leaves out batches that are known, which never change; without `isKnown` none is. */
  read(key: ConversationKey, isKnown?: (batchKey: string) => boolean): Promise<ConversationRecord | undefined>;
  /** Makes a change if the conversation is still as the head says that it follows; false otherwise. */
  commit(key: ConversationKey, change: RecordChange): Promise<boolean>;
  /** Removes the conversation if it is still as this head says; false otherwise. */
  remove(key: ConversationKey, head: StoredHead): Promise<boolean>;
  /** The ids of some conversations whose present history has this digest, the one that came to it last first. They are to be looked at again. */
  histories(tenantKey: string, digest: string): Promise<readonly string[]>;
  /** A page of those that are not expired at `now`, in the order of their ids. */
  list(tenantKey: string, page: PageRequest, now: number): Promise<HeadPage>;
  /** See `ConversationStore`. */
  hold(key: ConversationKey): Promise<(() => Promise<void>) | undefined>;
  /** Removes what is expired at `now`. */
  sweep(now: number): Promise<void>;
  /** What each tenant's conversations take. */
  usage(): Promise<readonly TenantUsage[]>;
  /** The ids of some of a tenant's conversations, the one that expires soonest first. */
  soonest(tenantKey: string, limit: number): Promise<readonly string[]>;
  /** Removes a conversation, whatever it is now, damaged too. */
  evict(key: ConversationKey): Promise<void>;
}

export interface TenantUsage {
  readonly tenantKey: string;
  /** The bytes of heads and batches, as JSON. */
  readonly bytes: number;
}

export interface ConversationKey {
  /** A hash of the tenant. */
  readonly tenantKey: string;
  /** Letters, digits, `_` and `-`. */
  readonly id: string;
}

export interface ConversationRecord {
  readonly head: StoredHead;
  /** The JSON of each batch that the head names, in its order; undefined for one that is missing, or known. */
  readonly batches: ReadonlyArray<string | undefined>;
}

export interface RecordChange {
  /** The head that this follows; absent for a new conversation. */
  readonly follows?: StoredHead;
  readonly head: StoredHead;
  /** A batch that the head names and no earlier head did. */
  readonly added?: { readonly key: string; readonly text: string };
  /** The batch that the head names no more. */
  readonly removedKey?: string;
  /** How long the conversation is kept if nothing changes it. */
  readonly keepMs: number;
}

export interface HeadPage {
  readonly heads: readonly StoredHead[];
  readonly hasMore: boolean;
}
