import type { QuotaStore } from '@claude-code-api/gateway';
import type { ConversationRecords } from './conversations/conversation-records.ts';
import type { Storage } from './unstorage-types.ts';

/** A place to store things in. */
export interface StorageBackend {
  /** For records that stand alone. It has no order, no locks and no compare-and-set. */
  readonly storage: Storage;
  /** For conversations. */
  readonly records: ConversationRecords;
  /** For responses, in the form of conversations. */
  readonly responses: ConversationRecords;
  /** Text that is hard to guess, made at its first use; the same for all who use this place. */
  readonly secret: () => Promise<string>;
  /** Counts what callers use. */
  readonly quotas: QuotaStore;
  /** Closes connections; nothing is stored or read after it. */
  close(): Promise<void>;
}
