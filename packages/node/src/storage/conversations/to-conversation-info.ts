import type { ConversationInfo } from '@claude-code-api/gateway';
import type { StoredHead } from './stored-head.ts';

export function toConversationInfo(head: StoredHead): ConversationInfo {
  const { batches, revision: _, ...info } = head;
  return { ...info, itemCount: batches.reduce((sum, batch) => sum + batch.itemCount, 0) };
}
