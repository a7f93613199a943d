import type { ConversationKey } from '../conversations/conversation-records.ts';

/** The keys of a conversation's records in an unstorage. */
export const localKeys = {
  base: 'conversations',
  head: ({ tenantKey, id }: ConversationKey): string => `conversations:${tenantKey}:${id}:head`,
  batch: ({ tenantKey, id }: ConversationKey, batchKey: string): string => `conversations:${tenantKey}:${id}:${batchKey}`,
};
