import type { AnswerCache } from '../cache/create-answer-cache.ts';
import type { CacheMode } from '../cache/read-cache-wish.ts';
import type { Conversations } from '../conversations/create-conversations.ts';
import { keepTurn, type TurnKeeper } from '../conversations/keep-turn.ts';
import type { RequestContext } from './request-context.ts';
import type { GatewayError } from '../gateway-error.ts';
import { createMediaReader } from '../media/create-media-reader.ts';
import type { MediaAccess } from '../media/media-access.ts';
import { previousResponseNotFound } from '../responses/response-not-found.ts';
import { randomDigits } from '../random-id.ts';
import type { Responses } from '../responses/create-responses.ts';
import type { ModelCatalog } from '../models/model-catalog.ts';
import type { ProfileOptions } from '../models/profile-options.ts';
import type { Caller } from '../ports/caller.ts';
import type { Sha256 } from '../ports/sha256.ts';
import type { ReasoningEffort } from '../turn/reasoning.ts';
import type { JsonObject } from '../turn/tool.ts';
import type { Turn } from '../turn/turn.ts';
import type { CallFault } from '../turn/find-call-fault.ts';
import { createOutputCheck } from './events/create-output-check.ts';
import { runTurn, type RunTurnContext } from './run-turn.ts';
import type { ActivityMode } from '../turn/activity-mode.ts';
import type { Answer } from './answer.ts';
import { openConversation, type OpenedTurn } from './open-conversation.ts';
import { startChoices } from './start-choices.ts';
import { anyAbilities } from '../models/any-abilities.ts';
import { planTurn, type TurnPlan } from './plan-turn.ts';
import { countInput, type InputCount } from './count-input.ts';
import type { SealedSummary } from './seal/open-seals.ts';
import type { MessageSources } from './request/read-messages.ts';
import { readTurn } from './request/read-turn.ts';
import type { Sealer } from './seal/create-sealer.ts';
import type { TurnRequest } from './turn-request.ts';

export interface EngineOptions {
  readonly context: RunTurnContext;
  readonly models: ModelCatalog;
  readonly profiles: ReadonlyMap<string, ProfileOptions>;
  readonly turnTimeoutMs: number;
  /** How files and URLs that requests name are read. */
  readonly media: MediaAccess;
  /** As many bytes may the pictures and documents of a request have together. */
  readonly maxMediaBytes: number;
  /** How hard to think when neither the request nor its profile says. */
  readonly defaultEffort: ReasoningEffort;
  /** How the activity of agents is told when a request does not say. */
  readonly activity: ActivityMode;
  /** Undefined where none are kept. */
  readonly conversations: Conversations | undefined;
  /** Undefined where none can be read again. */
  readonly responses: Responses | undefined;
  /** Undefined where no answers are kept. */
  readonly cache: { readonly answers: AnswerCache; readonly mode: CacheMode; readonly sha256: Sha256 } | undefined;
  /** Seals what callers bring back. */
  readonly sealer: Sealer;
}

/** Decides what happens to a turn, whatever its dialect. */
export interface Engine {
  /**
   * Decides what of a request its model can be asked, and whether the response cache takes part.
   *
   * @param cacheControl The request's header; null without one.
   * @throws {GatewayError} 404 for a model that is unknown, or not the caller's to ask for, 400 for what contradicts itself.
   */
  plan(request: TurnRequest, caller: Caller, cacheControl: string | null): Promise<TurnPlan>;
  /** Gives what finds the items of a tenant's kept responses, for one request. */
  itemFinder(tenant: string): (id: string) => Promise<JsonObject | undefined>;
  /**
   * Finds the conversation that a turn belongs to, and begins its answers; none runs before it is read.
   *
   * @throws {GatewayError} What keeps the turn from beginning: 400, 404, 409, 429, 503.
   */
  answer(plan: TurnPlan, asked: Asked): Promise<Answer>;
  /**
   * Counts the input tokens of a request, without what was said before in its conversation.
   *
   * @throws {GatewayError} 400 for what can't be asked, and what keeps the runner from counting.
   */
  countInput(plan: TurnPlan, asked: Omit<Asked, 'conversation'>): Promise<InputCount>;
  /** Seals a summary of what was said, for its caller to bring in the place of it. */
  sealSummary(summary: string, caller: Caller): Promise<string>;
}

export interface Asked {
  /** The conversation that the request names, in its body or beside it. */
  readonly conversation: string | undefined;
  /** Says in the dialect's words what is wrong with calls and results. */
  readonly callFault: (fault: CallFault) => GatewayError;
  readonly context: RequestContext;
  readonly signal: AbortSignal;
}

type OpenCalls = MessageSources['openCalls'];

/** Makes the one way that every turn takes: into its conversation, then through what `startChoices` lists. */
export function createEngine(options: EngineOptions): Engine {
  const { conversations, sealer } = options;
  const checkOutput = createOutputCheck();

  /** Reads a turn; what its conversation waits for the results of is known by then. */
  function turnReader(
    plan: TurnPlan,
    { context, callFault, signal }: Omit<Asked, 'conversation'>,
  ): (openCalls: OpenCalls) => Promise<Turn> {
    const { tenant } = context.caller;
    const media = createMediaReader(options.media, { tenant, maxBytes: options.maxMediaBytes, signal, hold: context.hold });
    const frame = { tenant, requestId: context.id, timeoutMs: options.turnTimeoutMs };
    return (openCalls) => readTurn(plan, frame, { openCalls, media, callFault, sealer });
  }

  return {
    sealSummary: (summary, { tenant }) => sealer.seal(JSON.stringify({ summary } satisfies SealedSummary), tenant),

    async countInput(plan, asked) {
      const turn = await turnReader(plan, asked)(new Map());
      return countInput(turn, { runner: options.context.runner, isWhole: goesOnWithNothing(plan.request), signal: asked.signal });
    },

    async plan(request, caller, cacheControl) {
      const { model, profile } = await options.models.resolve(request.model, caller);
      return planTurn(request, {
        model,
        profile,
        abilities: (await options.context.runner.abilities?.(model)) ?? anyAbilities,
        defaultEffort: (profile === undefined ? undefined : options.profiles.get(profile)?.effort) ?? options.defaultEffort,
        cacheMode: options.cache?.mode,
        cacheControl,
      });
    },

    itemFinder: (tenant) => options.responses?.itemFinder(tenant) ?? (async () => undefined),

    async answer(plan, asked) {
      const { request } = plan;
      const { context, callFault, signal } = asked;
      const { tenant } = context.caller;
      const { previousResponse: previous } = request;
      const position = previous === undefined ? undefined : await options.responses?.positionOf(tenant, previous);
      if (previous !== undefined && position === undefined) throw previousResponseNotFound(previous);
      const opened = await openConversation({
        tenant,
        named: asked.conversation,
        follows: previous === undefined || position === undefined ? undefined : { response: previous, position },
        conversations,
        keep: request.keep,
        toTurn: turnReader(plan, asked),
        callFault,
        signal,
        logger: context.logger,
      });
      try {
        const activity = request.activity ?? options.activity;
        const { keeper, conversationId } = keepFirst(opened, request, asked, conversations);
        const response = toKeptResponse(keeper, request, context, options.responses);
        const { turns, outcome } = await startChoices(opened.turn, {
          run: (turn, turnSignal) => runTurn(turn, options.context, context, turnSignal),
          plan,
          checkOutput,
          cache: options.cache,
          maxRetries: options.context.runner.maxRetries ?? 0,
          keeper,
          responseId: response?.id,
          activity,
          sealer,
          signal,
          logger: context.logger,
        });
        const cache = options.cache === undefined ? undefined : outcome;
        return { turns, conversationId, response, cache, activity };
      } catch (error) {
        await opened.entered?.held.release();
        throw error;
      }
    },
  };
}

/** Whether all that is said is in the request itself. */
function goesOnWithNothing({ conversation, previousResponse }: TurnRequest): boolean {
  return conversation === undefined && previousResponse === undefined;
}

interface Keeping {
  /** Undefined for what is not kept. */
  readonly keeper: TurnKeeper | undefined;
  readonly conversationId: () => string | undefined;
}

/** Of several choices the first becomes part of the conversation. */
function keepFirst(
  { entered }: OpenedTurn,
  request: TurnRequest,
  { conversation: named, context }: Asked,
  conversations: Conversations | undefined,
): Keeping {
  if (entered === undefined || conversations === undefined) return { keeper: undefined, conversationId: () => undefined };
  const { id } = entered.held;
  // What is not kept is in the conversation that it was asked in, if any, and begins none.
  if (!request.keep) return { keeper: undefined, conversationId: () => (entered.held.info === undefined ? undefined : id) };
  const promised = request.streamed || named !== undefined || request.previousResponse !== undefined;
  const keeper = keepTurn(entered, { conversations, metadata: request.metadata, isPromised: promised, logger: context.logger });
  return { keeper, conversationId: () => (promised || keeper.position() !== undefined ? id : undefined) };
}

/** Who can't be told of a conversation can't be told of a response either. */
function toKeptResponse(
  keeper: TurnKeeper | undefined,
  { response, streamed }: TurnRequest,
  { caller, logger }: RequestContext,
  responses: Responses | undefined,
): Answer['response'] {
  if (keeper === undefined || response === undefined || responses === undefined) return undefined;
  const id = `resp_${randomDigits()}`;
  return {
    id,
    keep: (told) =>
      responses.keep(caller.tenant, { id, input: response.input, told, position: keeper.position(), isPromised: streamed, logger }),
  };
}
