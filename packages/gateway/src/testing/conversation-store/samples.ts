import { newConversationId, newItemId } from '../../conversations/ids.ts';
import type { ConversationItem, NewConversation } from '../../ports/conversation-store.ts';

/** A new conversation without metadata. */
export function conversation(items: readonly ConversationItem[]): NewConversation {
  return { id: newConversationId(), metadata: {}, system: '', items };
}

/** An item with one text. */
export function message(text: string, role: 'user' | 'assistant' = 'user'): ConversationItem {
  return { id: newItemId('msg'), role, content: [{ type: 'text', text }], ...(role === 'assistant' && { requestedModel: 'sonnet' }) };
}
