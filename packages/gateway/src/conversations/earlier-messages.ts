import type { ConversationItem } from '../ports/conversation-store.ts';
import { isThinking } from '../turn/content-block.ts';
import type { Message } from '../turn/message.ts';
import { normalizeMessages } from '../turn/normalize-messages.ts';

/** By items, which stores give again as the same objects: what is known of a message, its digest for one, need not be found again. */
const whole = new WeakMap<ConversationItem, Message>();
const unthought = new WeakMap<ConversationItem, Message>();

/** What was said and done before, as a model is to hear it: thinking only goes back to the model whose it is. */
export function earlierMessages(items: readonly ConversationItem[], model: string): Message[] {
  return normalizeMessages(
    items.map((item) => {
      const known = item.requestedModel === model ? whole : unthought;
      const { id: _id, requestedModel: _model, ...message } = item;
      const told = known.get(item) ?? (known === whole ? message : withoutThinking(message));
      known.set(item, told);
      return told;
    }),
  );
}

function withoutThinking({ steps, ...message }: Message): Message {
  const others = normalizeMessages((steps ?? []).map(withoutThinking));
  return { ...message, content: message.content.filter((block) => !isThinking(block)), ...(others.length > 0 && { steps: others }) };
}
