import type { AnswerCache } from '../../cache/create-answer-cache.ts';
import { readCacheWish, type CacheMode, type CacheWish } from '../../cache/read-cache-wish.ts';
import type { Conversations } from '../../conversations/create-conversations.ts';
import { keepTurn } from '../../conversations/keep-turn.ts';
import type { Handle } from '../../http/create-routes.ts';
import { linkAbort } from '../../http/link-abort.ts';
import { parseBody } from '../../http/parse-body.ts';
import { randomId } from '../../http/random-id.ts';
import { readJsonBody } from '../../http/read-json-body.ts';
import type { RequestContext } from '../../http/request-context.ts';
import type { KeepAlive } from '../../http/sse-response.ts';
import { createMediaReader } from '../../media/create-media-reader.ts';
import type { MediaAccess } from '../../media/media-access.ts';
import type { ModelCatalog } from '../../models/model-catalog.ts';
import type { ProfileOptions } from '../../models/profile-options.ts';
import type { Sha256 } from '../../ports/sha256.ts';
import { runTurn, type RunTurnContext } from '../../turn/run-turn.ts';
import type { TurnEvent } from '../../turn/turn-event.ts';
import { checkEffects } from './check-effects.ts';
import { namedConversation } from './named-conversation.ts';
import { openConversation, type OpenedTurn } from './open-conversation.ts';
import { replyStreamed, replyWhole, type Reply } from './reply.ts';
import { requestSchema, type ActivityMode, type ChatCompletionRequest } from './request-schema.ts';
import { startChoices, type Choices } from './start-choices.ts';
import { tellActivityAsReasoning } from './tell-activity-as-reasoning.ts';
import type { ReasoningEffort } from './to-reasoning.ts';
import { toTurn } from './to-turn.ts';
import { toWishes, type Wishes } from './to-wishes.ts';
import { withWholeCalls } from './with-whole-calls.ts';

export interface ChatCompletionsOptions {
  readonly context: RunTurnContext;
  readonly turnTimeoutMs: number;
  readonly models: ModelCatalog;
  readonly profiles: ReadonlyMap<string, ProfileOptions>;
  /** How the activity of agents is told when a request does not say. */
  readonly activity: ActivityMode;
  readonly media: MediaAccess;
  readonly keepAlive: KeepAlive;
  readonly maxBodyBytes: number;
  /** How hard to think when a request does not say. */
  readonly defaultEffort: ReasoningEffort;
  /** Whether a parameter without effect is an error, when a request does not say. */
  readonly strictParameters: boolean;
  /** Undefined where none are kept. */
  readonly conversations: Conversations | undefined;
  /** Undefined where no answers are kept. */
  readonly cache: { readonly answers: AnswerCache; readonly mode: CacheMode; readonly sha256: Sha256 } | undefined;
}

/** `POST /v1/chat/completions`, whole or streamed. */
export function createChatCompletions(options: ChatCompletionsOptions): Handle {
  return async (c, context) => {
    const { headers } = c.req.raw;
    const { record } = context;
    const request = parseBody(requestSchema, await readJsonBody(c.req.raw, options.maxBodyBytes));
    const { model, profile } = await options.models.resolve(request.model, context.caller);
    Object.assign(record, { model, profile, streamed: request.stream === true });
    const defaultEffort = (profile === undefined ? undefined : options.profiles.get(profile)?.effort) ?? options.defaultEffort;
    const asked: Asked = {
      request,
      model,
      profile,
      context,
      named: namedConversation(request, headers),
      wishes: toWishes(request, (await options.context.runner.sampling?.(model)) ?? 'all', defaultEffort),
      // What an agent does has effects, which no kept answer has.
      cacheWish: profile === undefined ? toCacheWish(request, headers, options.cache?.mode) : undefined,
    };
    const strict = headers.get('x-strict-parameters');
    const ignored = findIgnored(asked, strict === null ? options.strictParameters : strict === 'true', options.cache?.mode);
    record.ignored = ignored;
    // Only turns that can be left, or that run side by side, need a signal of their own.
    const caller = request.stream === true || (request.n ?? 1) > 1 ? linkAbort(c.req.raw.signal) : undefined;
    const started = await start(asked, options, caller?.signal ?? c.req.raw.signal);
    if (options.cache !== undefined) record.cache = started.outcome;
    const activity = request.activity ?? options.activity;
    const turns = activity === 'reasoning' ? started.turns.map(tellActivityAsReasoning) : started.turns;
    const reply: Reply = {
      conversationId: started.conversationId,
      turns: (request.tools ?? request.functions) ? turns.map(withWholeCalls) : turns,
      tellsActivity: activity === 'events',
      identity: { id: `chatcmpl-${randomId()}`, created: Math.floor(Date.now() / 1000) },
      functionCall: !request.tools && Boolean(request.functions),
      structured: request.response_format?.type === 'json_schema',
      leave: () => caller?.abort(),
    };
    const includeUsage = request.stream_options?.include_usage === true;
    const response =
      request.stream === true
        ? await replyStreamed(reply, { keepAlive: options.keepAlive, includeUsage, requestedModel: request.model, request: context })
        : await replyWhole(reply);
    record.conversation = started.conversationId();
    if (ignored.length > 0) response.headers.set('x-ignored-parameters', ignored.join(', '));
    if (options.cache !== undefined) response.headers.set('x-cache', started.outcome);
    return response;
  };
}

interface Asked {
  readonly context: RequestContext;
  readonly request: ChatCompletionRequest;
  readonly model: string;
  readonly profile: string | undefined;
  /** The id of the conversation that the request names. */
  readonly named: string | undefined;
  readonly wishes: Wishes;
  /** Undefined where the cache takes no part. */
  readonly cacheWish: CacheWish | undefined;
}

type Started = Pick<Reply, 'turns' | 'conversationId'> & Pick<Choices, 'outcome'>;

async function start(asked: Asked, options: ChatCompletionsOptions, signal: AbortSignal): Promise<Started> {
  const { context, request, profile, wishes, cacheWish } = asked;
  const { logger } = context;
  const { tenant } = context.caller;
  const keep = request.store !== false;
  const opened = await openConversation({
    tenant,
    named: asked.named,
    conversations: options.conversations,
    keep,
    toTurn: (openCalls) =>
      toTurn(request, {
        model: asked.model,
        profile,
        tenant,
        requestId: context.id,
        timeoutMs: options.turnTimeoutMs,
        wishes,
        media: createMediaReader(options.media, { tenant, maxBytes: options.maxBodyBytes, signal }),
        openCalls,
      }),
    signal,
    logger,
  });
  try {
    const cache = options.cache === undefined || cacheWish === undefined ? undefined : { ...options.cache, wish: cacheWish };
    const choices = await startChoices(opened.turn, {
      run: (turn, turnSignal) => runTurn(turn, options.context, context, turnSignal),
      request,
      blankStops: wishes.blankStops,
      cache,
      signal,
    });
    const { turns, conversationId } = keepFirst(choices.turns, opened, { asked, keep, conversations: options.conversations });
    return { turns, conversationId, outcome: choices.outcome };
  } catch (error) {
    await opened.entered?.held.release();
    throw error;
  }
}

/** Of several choices the first becomes part of the conversation. */
function keepFirst(
  turns: readonly AsyncIterable<TurnEvent>[],
  { entered }: OpenedTurn,
  options: { readonly asked: Asked; readonly keep: boolean; readonly conversations: Conversations | undefined },
): Pick<Reply, 'turns' | 'conversationId'> {
  const [first, ...others] = turns;
  const { request, named } = options.asked;
  if (entered === undefined || options.conversations === undefined || first === undefined)
    return { turns, conversationId: () => undefined };
  const { id } = entered.held;
  // What is not kept is in the conversation that it was asked in, if any, and begins none.
  if (!options.keep) return { turns, conversationId: () => (entered.held.info === undefined ? undefined : id) };
  const { conversation_id: _, ...metadata } = request.metadata ?? {};
  const isPromised = request.stream === true || named !== undefined;
  const kept = keepTurn(first, entered, {
    conversations: options.conversations,
    metadata,
    isPromised,
    logger: options.asked.context.logger,
  });
  return { turns: [kept.events, ...others], conversationId: () => (isPromised || kept.isKept() ? id : undefined) };
}

function toCacheWish(request: ChatCompletionRequest, headers: Headers, mode: CacheMode | undefined): CacheWish | undefined {
  if (mode === undefined) return undefined;
  const wish = readCacheWish({
    mode,
    cacheControl: headers.get('cache-control'),
    hasSeed: typeof request.seed === 'number',
    isCold: request.temperature === 0,
    hasTools: (request.tools ?? request.functions ?? []).length > 0,
  });
  return wish.read || wish.write ? wish : undefined;
}

/** @throws {GatewayError} 400 for the first of them, when the request or the server is strict. */
function findIgnored({ request, wishes, cacheWish }: Asked, strict: boolean, mode: CacheMode | undefined): string[] {
  const hasIdleSeed = typeof request.seed === 'number' && cacheWish === undefined;
  // What switches the cache has that effect.
  const switches = mode === 'repeatable' && request.temperature === 0 && cacheWish !== undefined;
  const untaken = wishes.untaken.filter((key) => !(switches && key === 'temperature'));
  return checkEffects(request, strict, hasIdleSeed ? [...untaken, 'seed'] : untaken);
}
