import { GatewayError } from '../gateway-error.ts';
import type { Metadata } from '../ports/conversation-store.ts';
import type { ResponsePosition } from '../ports/response-store.ts';
import type { Logger } from '../ports/logger.ts';
import { pause } from '../basics/waiting.ts';
import { normalizeMessages } from '../turn/normalize-messages.ts';
import { systemText } from '../turn/content-block.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import type { Conversations } from './create-conversations.ts';
import type { EnteredConversation } from './enter-conversation.ts';
import { foldAnswer, type ExchangeFold } from './fold-answer.ts';
import { toItems } from './to-items.ts';

export interface KeepTurnOptions {
  readonly conversations: Conversations;
  /** The metadata of a conversation that begins with this turn. */
  readonly metadata: Metadata;
  /** Whether the caller has been told the conversation's id already: then a turn that can't be kept fails. */
  readonly isPromised: boolean;
  /** Until this aborts, a turn that can't be kept now is tried again, for five minutes at most. Absent: it is tried once, since its caller waits. */
  readonly patience?: AbortSignal | undefined;
  /** What the turn adds. Default: its answer. */
  readonly exchange?: ExchangeFold | undefined;
  readonly logger: Logger;
}

const firstPauseMs = 500;
const longestPauseMs = 5000;
const keepWithinMs = 300_000;

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
  const { exchange = foldAnswer() } = options;
  let position: ResponsePosition | undefined;

  async function keep(): Promise<void> {
    try {
      position = { conversation: held.id, lastItem: await store(entered, exchange, options) };
    } catch (error) {
      if (options.isPromised) throw error;
      options.logger.warn({ error, conversation: held.id }, 'a turn could not be kept; its caller gets the answer without a conversation');
    }
    await held.release();
  }

  return {
    take(event) {
      exchange.add(event);
      return event.type === 'turn-end' ? keep().then(() => [event]) : [event];
    },
    release: () => held.release(),
    position: () => position,
  };
}

/** Answers the id of the last item. */
async function store({ held, turn, added }: EnteredConversation, exchange: ExchangeFold, options: KeepTurnOptions): Promise<string> {
  const answers = exchange.messages();
  const messages = normalizeMessages([...exchange.withResults(turn.messages), ...answers]);
  const digest = await options.conversations.digest({ ...turn, messages });
  const items = [
    ...(held.info === undefined ? (held.items ?? []) : []),
    ...toItems(exchange.withResults(added)),
    ...toItems(answers, { requestedModel: turn.model, ids: exchange.ids }),
  ];
  const { store: conversations } = options.conversations;
  const change = { system: systemText(turn.system), model: turn.model, digest, items };
  const lastItem = items.at(-1)?.id ?? '';

  async function write(): Promise<void> {
    if (held.info === undefined) await conversations.create(held.tenant, { id: held.id, metadata: options.metadata, ...change });
    else if ((await conversations.append(held.tenant, held.id, { version: held.info.version, ...change })) === undefined)
      throw conversationChanged(held.id);
  }

  async function isWritten(): Promise<boolean> {
    return (await conversations.read(held.tenant, held.id))?.items.at(-1)?.id === lastItem;
  }

  await (options.patience === undefined ? write() : writeInTime(write, isWritten, options.patience));
  return lastItem;
}

/** Tries again what fails for now; then it may have been done already. */
async function writeInTime(write: () => Promise<void>, isWritten: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + keepWithinMs;
  for (let pauseMs = 0; ; pauseMs = Math.min(Math.max(firstPauseMs, pauseMs * 2), longestPauseMs)) {
    try {
      if (pauseMs > 0) await pause(pauseMs, signal);
      if (pauseMs === 0 || !(await isWritten())) await write();
      return;
    } catch (error) {
      if (!GatewayError.isInstance(error) || error.status !== 503 || performance.now() > deadline) throw error;
    }
  }
}

function conversationChanged(id: string): GatewayError {
  return new GatewayError(
    `The conversation '${id}' was changed or deleted while its turn ran, so the turn is not part of it. Please try again.`,
    { status: 409, code: 'conversation_changed', shouldRetry: false },
  );
}
