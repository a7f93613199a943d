import { GatewayError } from '../gateway-error.ts';
import type { Metadata } from '../ports/conversation-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { Message } from '../turn/message.ts';
import { normalizeMessages } from '../turn/normalize-messages.ts';
import { systemText } from '../turn/system-text.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import { createAnswerGatherer } from './answer-gatherer.ts';
import type { Conversations } from './create-conversations.ts';
import type { EnteredConversation } from './enter-conversation.ts';
import { toItems } from './to-items.ts';

export interface KeepTurnOptions {
  readonly conversations: Conversations;
  /** Of the conversation, when it begins with this turn. */
  readonly metadata: Metadata;
  /** Whether the caller has been told the conversation's id already: then a turn that can't be kept fails. */
  readonly isPromised: boolean;
  readonly logger: Logger;
}

export interface KeptTurn {
  readonly events: AsyncIterable<TurnEvent>;
  /** Whether the turn is part of its conversation now. */
  isKept(): boolean;
}

/** Keeps a turn in its conversation when it has ended well, before the caller hears of the end. Then, or when it fails, gives the conversation back. */
export function keepTurn(events: AsyncIterable<TurnEvent>, entered: EnteredConversation, options: KeepTurnOptions): KeptTurn {
  const { held } = entered;
  const gatherer = createAnswerGatherer();
  let kept = false;

  async function keep(): Promise<void> {
    try {
      await store(entered, gatherer.answer(), options);
      kept = true;
    } catch (error) {
      if (options.isPromised) throw error;
      options.logger.warn({ error, conversation: held.id }, 'a turn could not be kept; its caller gets the answer without a conversation');
    }
  }

  async function* keeping(): AsyncGenerator<TurnEvent, void, undefined> {
    try {
      for await (const event of events) {
        gatherer.add(event);
        if (event.type === 'turn-end') {
          await keep();
          await held.release();
        }
        yield event;
      }
    } finally {
      await held.release();
    }
  }

  return { events: keeping(), isKept: () => kept };
}

async function store({ held, turn, added }: EnteredConversation, answer: Message, options: KeepTurnOptions): Promise<void> {
  const digest = await options.conversations.digest({ ...turn, messages: normalizeMessages([...turn.messages, answer]) });
  const items = [
    ...toItems(added),
    ...toItems([answer], { requestedModel: turn.model, ...(answer.model !== undefined && { model: answer.model }) }),
  ];
  const { model } = turn;
  const system = systemText(turn.system);
  if (held.info === undefined) {
    await options.conversations.store.create(held.tenant, { id: held.id, metadata: options.metadata, system, model, digest, items });
    return;
  }
  const { version } = held.info;
  const info = await options.conversations.store.append(held.tenant, held.id, { version, items, system, model, digest });
  if (info === undefined) throw conversationChanged(held.id);
}

function conversationChanged(id: string): GatewayError {
  return new GatewayError(
    `The conversation '${id}' was changed or deleted while its turn ran, so the turn is not part of it. Please try again.`,
    { status: 409, code: 'conversation_changed', shouldRetry: false },
  );
}
