import type { Conversations } from '../conversations/create-conversations.ts';
import type { ExchangeFold } from '../conversations/fold-answer.ts';
import { keepTurn, type TurnKeeper } from '../conversations/keep-turn.ts';
import type { Logger } from '../ports/logger.ts';
import { randomDigits } from '../basics/random-id.ts';
import type { Responses } from '../responses/create-responses.ts';
import type { Answer } from './answer.ts';
import type { Asked } from './engine.ts';
import type { OpenedTurn } from './open-conversation.ts';
import type { TurnRequest } from './turn-request.ts';
import type { JsonObject } from '../turn/tool.ts';

/** How an answer is kept. Of several choices the first is. */
export interface Keeping extends Pick<Answer, 'conversationId' | 'response'> {
  /** Makes the turn a part of its conversation. Undefined for one that is not kept. */
  readonly keeper: TurnKeeper | undefined;
}

export interface KeepAnswerOptions {
  readonly request: TurnRequest;
  readonly asked: Pick<Asked, 'conversation' | 'context' | 'signal'>;
  /** Undefined where none are kept. */
  readonly conversations: Conversations | undefined;
  /** What the turn adds. Undefined: its answer. */
  readonly exchange: ExchangeFold | undefined;
  /** Undefined where none can be read again. */
  readonly responses: Responses | undefined;
}

/** Makes what keeps an answer, in its conversation and as a response. Who can't be told of a conversation can't be told of a response either. */
export function keepAnswer({ entered }: OpenedTurn, { request, asked, exchange, conversations, responses }: KeepAnswerOptions): Keeping {
  if (entered === undefined || conversations === undefined) return { keeper: undefined, conversationId: () => undefined };
  const { id } = entered.held;
  // What is not kept is in the conversation that it was asked in, if any, and begins none.
  if (!request.keep) return { keeper: undefined, conversationId: () => (entered.held.info === undefined ? undefined : id) };
  const { caller, logger } = asked.context;
  const isAwaited = request.response?.background !== true;
  const isPromised = request.streamed || !isAwaited || asked.conversation !== undefined || request.previousResponse !== undefined;
  const keeper = keepTurn(entered, {
    conversations,
    metadata: request.metadata,
    isPromised,
    exchange,
    patience: isAwaited ? undefined : asked.signal,
    logger,
  });
  return {
    keeper,
    conversationId: () => (isPromised || keeper.position() !== undefined ? id : undefined),
    response: responses && toKeptResponse(keeper, request, { tenant: caller.tenant, responses, logger }),
  };
}

function toKeptResponse(
  keeper: TurnKeeper,
  { response, streamed }: TurnRequest,
  { tenant, responses, logger }: { readonly tenant: string; readonly responses: Responses; readonly logger: Logger },
): Answer['response'] {
  if (response === undefined) return undefined;
  const id = `resp_${randomDigits()}`;
  const { position } = keeper;
  const input = withWholeIds(response.input, id);
  return {
    id,
    input,
    position,
    keep: (told) => responses.keep(tenant, { id, input, told, position: position(), isPromised: streamed, logger }),
  };
}

/** Ids of which only the beginning is given, such as `msg_`, tell the response too. */
function withWholeIds(input: readonly JsonObject[], response: string): JsonObject[] {
  return input.map((item, index) => {
    const { id } = item;
    return typeof id === 'string' && id.endsWith('_')
      ? { ...item, id: `${id}${response.slice('resp_'.length)}i${index.toString(16)}` }
      : item;
  });
}
