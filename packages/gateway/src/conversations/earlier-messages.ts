import type { ConversationItem } from '../ports/conversation-store.ts';
import type { Message } from '../turn/message.ts';
import { normalizeMessages } from '../turn/normalize-messages.ts';

/** What was said before, as a model is to hear it: thinking only goes back to the model whose it is. */
export function earlierMessages(items: readonly ConversationItem[], model: string): Message[] {
  return normalizeMessages(items.filter((item) => item.requestedModel === model || !item.content.some(isThinking)));
}

function isThinking(block: Message['content'][number]): boolean {
  return block.type === 'thinking' || block.type === 'redacted_thinking';
}
