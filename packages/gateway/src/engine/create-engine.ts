import type { AnswerCache } from '../cache/create-answer-cache.ts';
import type { CacheMode } from '../cache/read-cache-wish.ts';
import type { Conversations } from '../conversations/create-conversations.ts';
import { createMediaReader } from '../media/create-media-reader.ts';
import type { MediaAccess } from '../media/media-access.ts';
import { previousResponseNotFound } from '../responses/response-not-found.ts';
import type { Responses } from '../responses/create-responses.ts';
import type { ModelCatalog } from '../models/model-catalog.ts';
import type { ProfileOptions } from '../models/profile-options.ts';
import type { Sha256 } from '../ports/sha256.ts';
import type { ReasoningEffort } from '../turn/reasoning.ts';
import type { Turn } from '../turn/turn.ts';
import { createOutputCheck } from './events/create-output-check.ts';
import { runTurn, type RunTurnContext } from './run-turn.ts';
import type { ActivityMode } from '../turn/turn-event.ts';
import { keepAnswer } from './keep-answer.ts';
import { openConversation, type OpenConversationOptions } from './open-conversation.ts';
import { connectServers } from './hosted/connect-servers.ts';
import type { McpHosting } from './hosted/hosted-tools.ts';
import { startChoices } from './start-choices.ts';
import { anyAbilities } from '../models/any-abilities.ts';
import { planTurn, type TurnPlan } from './plan-turn.ts';
import { countInput } from './count-input.ts';
import type { Asked, Engine } from './engine.ts';
import type { MessageSources } from './request/read-messages.ts';
import { readTurn } from './request/read-turn.ts';
import type { Sealer } from './seal/create-sealer.ts';

export interface EngineOptions {
  readonly context: RunTurnContext;
  readonly models: ModelCatalog;
  readonly profiles: ReadonlyMap<string, ProfileOptions>;
  readonly turnTimeoutMs: number;
  /** How files and URLs that requests name are read. */
  readonly media: MediaAccess;
  /** The most bytes that the pictures and documents of a request may have together. */
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
  /** Undefined where requests may name no MCP servers. */
  readonly mcp: McpHosting | undefined;
}

type OpenCalls = MessageSources['openCalls'];

/** Makes the one way that every turn takes: into its conversation, then through what `startChoices` lists. */
export function createEngine(options: EngineOptions): Engine {
  const { conversations, responses, sealer } = options;
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

  async function followed(tenant: string, response: string): Promise<OpenConversationOptions['follows']> {
    const position = await responses?.positionOf(tenant, response);
    if (position === undefined) throw previousResponseNotFound(response);
    return { response, position };
  }

  return {
    async countInput(plan, asked) {
      const turn = await turnReader(plan, asked)(new Map());
      const { conversation, previousResponse } = plan.request;
      return countInput(turn, {
        runner: options.context.runner,
        isWhole: conversation === undefined && previousResponse === undefined,
        signal: asked.signal,
      });
    },

    async plan(request, caller, cacheControl) {
      const { model, profile } = await options.models.resolve(request.model, caller);
      const ofProfile = profile === undefined ? undefined : options.profiles.get(profile);
      return planTurn(request, {
        model,
        profile,
        abilities: (await options.context.runner.abilities?.(model)) ?? anyAbilities,
        defaultEffort: ofProfile?.effort ?? options.defaultEffort,
        canSearch: ofProfile?.searches === true,
        cacheMode: options.cache?.mode,
        cacheControl,
      });
    },

    itemFinder: (tenant) => responses?.itemFinder(tenant) ?? (async () => undefined),

    async answer(given, asked) {
      const { request } = given;
      const { context, callFault, signal } = asked;
      const { tenant } = context.caller;
      const { previousResponse, servers: named } = request;
      const follows = previousResponse === undefined ? undefined : await followed(tenant, previousResponse);
      const servers = named === undefined ? undefined : await connectServers(given, options.mcp, { tenant, signal });
      const { hosted, plan } = servers ?? { plan: given };
      const opened = await openConversation({
        tenant,
        named: asked.conversation,
        follows,
        conversations,
        keep: request.keep,
        mustKeep: request.response?.background === true,
        toTurn: turnReader(plan, asked),
        callFault,
        signal,
        logger: context.logger,
      }).catch(async (error: unknown) => {
        await hosted?.close();
        throw error;
      });
      try {
        const activity = request.activity ?? options.activity;
        const { keeper, conversationId, response } = keepAnswer(opened, {
          request,
          asked,
          exchange: servers?.foldExchange(),
          conversations,
          responses,
        });
        const { turns, outcome } = await startChoices(opened.turn, {
          run: (turn, turnSignal) => runTurn(turn, options.context, context, turnSignal),
          plan,
          checkOutput,
          servers,
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
        return { turns, conversationId, response, cache, activity, hosted, searches: plan.searches };
      } catch (error) {
        await hosted?.close();
        await opened.entered?.held.release();
        throw error;
      }
    },
  };
}
