import { GatewayError } from '../gateway-error.ts';
import type { Metadata } from '../ports/conversation-store.ts';
import type { ResponsePosition } from '../ports/response-store.ts';
import type { Logger } from '../ports/logger.ts';
import { foldTurn, type TurnAnswer } from '../turn/fold-turn.ts';
import { normalizeMessages } from '../turn/normalize-messages.ts';
import { systemText } from '../turn/system-text.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import type { Conversations } from './create-conversations.ts';
import type { EnteredConversation } from './enter-conversation.ts';
import { toItems } from './to-items.ts';
import { toKeptAnswer } from './to-kept-answer.ts';

export interface KeepTurnOptions {
  readonly conversations: Conversations;
  /** Of the conversation, when it begins with this turn. */
  readonly metadata: Metadata;
  /** Whether the caller has been told the conversation's id already: then a turn that can't be kept fails. */
  readonly isPromised: boolean;
  readonly logger: Logger;
}

export interface TurnKeeper {
  /** Takes an event of the turn. With its end, waits for it to be kept, and for the conversation to be given back. */
  readonly take: (event: TurnEvent) => readonly TurnEvent[] | Promise<readonly TurnEvent[]>;
  /** Gives the conversation back. To be called when the turn is over, however it ended. */
  readonly release: () => Promise<void>;
  /** Where the turn stands in its conversation; undefined while it is not part of one. */
  readonly position: () => ResponsePosition | undefined;
}

/** Makes what keeps a turn in its conversation when it has ended well, before the caller hears of the end. */
export function keepTurn(entered: EnteredConversation, options: KeepTurnOptions): TurnKeeper {
  const { held } = entered;
  const fold = foldTurn();
  let position: ResponsePosition | undefined;

  async function keep(): Promise<void> {
    try {
      position = { conversation: held.id, lastItem: await store(entered, fold.answer, options) };
    } catch (error) {
      if (options.isPromised) throw error;
      options.logger.warn({ error, conversation: held.id }, 'a turn could not be kept; its caller gets the answer without a conversation');
    }
    await held.release();
  }

  return {
    take(event) {
      fold.add(event);
      return event.type === 'turn-end' ? keep().then(() => [event]) : [event];
    },
    release: () => held.release(),
    position: () => position,
  };
}

/** Answers the id of the last item. */
async function store({ held, turn, added }: EnteredConversation, said: TurnAnswer, options: KeepTurnOptions): Promise<string> {
  const { message: answer, ids } = toKeptAnswer(said);
  const digest = await options.conversations.digest({ ...turn, messages: normalizeMessages([...turn.messages, answer]) });
  const items = [
    ...(held.info === undefined ? (held.items ?? []) : []),
    ...toItems(added),
    ...toItems([answer], { requestedModel: turn.model, ...(answer.model !== undefined && { model: answer.model }), ids }),
  ];
  const { model } = turn;
  const system = systemText(turn.system);
  const lastItem = items.at(-1)?.id ?? '';
  if (held.info === undefined) {
    await options.conversations.store.create(held.tenant, { id: held.id, metadata: options.metadata, system, model, digest, items });
    return lastItem;
  }
  const { version } = held.info;
  const info = await options.conversations.store.append(held.tenant, held.id, { version, items, system, model, digest });
  if (info === undefined) throw conversationChanged(held.id);
  return lastItem;
}

function conversationChanged(id: string): GatewayError {
  return new GatewayError(
    `The conversation '${id}' was changed or deleted while its turn ran, so the turn is not part of it. Please try again.`,
    { status: 409, code: 'conversation_changed', shouldRetry: false },
  );
}
