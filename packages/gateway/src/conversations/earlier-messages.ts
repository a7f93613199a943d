import type { ConversationItem } from '../ports/conversation-store.ts';
import { isThinking } from '../turn/content-block.ts';
import type { Message } from '../turn/message.ts';
import { normalizeMessages } from '../turn/normalize-messages.ts';

/** What was said and done before, as a model is to hear it: thinking only goes back to the model whose it is. */
export function earlierMessages(items: readonly ConversationItem[], model: string): Message[] {
  return normalizeMessages(
    items.map(({ id: _id, requestedModel, ...message }) => (requestedModel === model ? message : withoutThinking(message))),
  );
}

function withoutThinking({ steps, ...message }: Message): Message {
  const others = normalizeMessages((steps ?? []).map(withoutThinking));
  return { ...message, content: message.content.filter((block) => !isThinking(block)), ...(others.length > 0 && { steps: others }) };
}
