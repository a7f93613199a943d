import * as z from 'zod/mini';
import type { Storage } from '../unstorage-types.ts';
import type { ConversationKey } from '../conversations/conversation-records.ts';

const record = z.object({ json: z.string() });

/**
 * Keeps JSON texts in an unstorage. Each is wrapped in an object: unstorage parses what it reads, takes some texts for other
 * types, and leaves out keys such as `__proto__`.
 */
export interface JsonRecords {
  /** The text; null for a record that is not there, undefined for one that is damaged. */
  read(key: string): Promise<string | null | undefined>;
  write(key: string, json: string): Promise<void>;
  remove(key: string): Promise<void>;
}

export function createJsonRecords(storage: Storage): JsonRecords {
  return {
    async read(key) {
      const value: unknown = await storage.getItem(key);
      // Some drivers answer a failure instead of throwing it.
      if (value instanceof Error) throw value;
      return value === null ? null : record.safeParse(value).data?.json;
    },
    write: (key, json) => storage.setItem(key, { json }),
    remove: (key) => storage.removeItem(key),
  };
}

/** The keys of a conversation's records in an unstorage. */
export const localKeys = {
  base: 'conversations',
  head: ({ tenantKey, id }: ConversationKey): string => `conversations:${tenantKey}:${id}:head`,
  batch: ({ tenantKey, id }: ConversationKey, batchKey: string): string => `conversations:${tenantKey}:${id}:${batchKey}`,
};
