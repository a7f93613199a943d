import type { ConversationItem, NewConversation } from '@claude-code-api/gateway';
import { newConversationId, newItemId } from '@claude-code-api/gateway/testing';
import { createConversationStore, type StoredConversations } from '@claude-code-api/gateway/stores';
import { createStorageBackend, type StorageBackendOptions } from '@claude-code-api/node';
import { silentLogger } from '../../support/silent-logger.ts';

export type TestBackend =
  | { readonly driver: 'fs'; readonly path: string }
  | { readonly driver: 'redis'; readonly url: string; readonly keyPrefix?: string };

export interface TestStore extends StoredConversations {
  /** Ends the store and its backend. */
  close(): Promise<void>;
}

/** A store over a backend of its own, as a server opens it. */
export async function openTestStore(
  backend: TestBackend,
  options: {
    ttlMs?: number;
    maxBytes?: number;
    maxTenantBytes?: number;
    now?: () => number;
    logger?: StorageBackendOptions['logger'];
  } = {},
): Promise<TestStore> {
  const { ttlMs = 3_600_000, logger = silentLogger, ...more } = options;
  const opened = await createStorageBackend({ ...backend, logger });
  const store = createConversationStore({ backend: opened, ttlMs, logger, ...more });
  return {
    ...store,
    async close() {
      await store.close();
      await opened.close();
    },
  };
}

export function conversationOf(...texts: string[]): NewConversation {
  return { id: newConversationId(), metadata: {}, system: '', items: texts.map(itemOf) };
}

export function itemOf(text: string): ConversationItem {
  return { id: newItemId('msg'), role: 'user', content: [{ type: 'text', text }] };
}

/** The texts of a conversation's items. */
export function textsOf(conversation: { readonly items: readonly ConversationItem[] } | undefined): string[] | undefined {
  return conversation?.items.map(({ content: [block] }) => (block?.type === 'text' ? block.text : ''));
}
