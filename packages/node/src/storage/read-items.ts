import type { ConversationItem, Logger } from '@claude-code-api/gateway';
import type { ConversationKey, ConversationRecord } from './conversation-records.ts';
import { parseRecord } from './parse-record.ts';
import { storedItems } from './stored-items.ts';

/** The items of a conversation; a batch that is damaged or missing is left out, and the log says so. */
export function readItems({ head, batches }: ConversationRecord, { tenantKey }: ConversationKey, logger: Logger): ConversationItem[] {
  return batches.flatMap((text, index) => {
    const items = text === undefined ? undefined : parseRecord(text, storedItems);
    if (items !== undefined) return items;
    const batch = head.batches[index]?.key;
    logger.warn({ tenantKey, id: head.id, batch }, 'A part of a stored conversation is damaged or missing and is left out');
    return [];
  });
}
