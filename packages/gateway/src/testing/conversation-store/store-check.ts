import type { ConversationStore } from '../../ports/conversation-store.ts';

/** One thing that a store must do. */
export interface StoreCheck {
  readonly name: string;
  /** With a tenant that nobody else uses. */
  readonly run: (store: ConversationStore, tenant: string) => Promise<void>;
  /** How long the store that it needs keeps a conversation, in milliseconds. Default: an hour. */
  readonly ttlMs?: number;
}

export const hourMs = 3_600_000;
