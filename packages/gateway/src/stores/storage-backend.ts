import type { QuotaStore } from '../ports/quota-store.ts';
import type { ConversationRecords } from './conversations/conversation-records.ts';
import type { Storage } from './unstorage-types.ts';

/** A place to store things in. */
export interface StorageBackend {
  /**
   * Who may use this place at a time: one gateway, or any number of them. What can't compare a record and set it in one step is `single`:
   * two gateways would lose each other's turns.
   */
  readonly sharing: 'single' | 'shared';
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
  /** Stores what is not stored yet; nothing is stored or read after it. */
  close(): Promise<void>;
}
