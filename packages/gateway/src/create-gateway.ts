// Its one router suffices for so few paths, and spares 2 kB.
import { Hono } from 'hono/tiny';
import { cors } from 'hono/cors';
import type { MiddlewareHandler } from 'hono';
import { createAnswerCache } from './cache/create-answer-cache.ts';
import { createConversations } from './conversations/create-conversations.ts';
import { chatCompletions } from './dialects/chat-completions/chat-completions.ts';
import { completions } from './dialects/completions/completions.ts';
import { messages } from './dialects/messages/messages.ts';
import { createEngine } from './engine/create-engine.ts';
import { createSealer } from './engine/seal/create-sealer.ts';
import { randomId } from './basics/random-id.ts';
import { responses } from './dialects/responses/responses.ts';
import { createTurnLimiter } from './engine/turn-limiter.ts';
import { gatewayDefaults, type GatewayOptions } from './gateway-options.ts';
import { createBodyBudget, type BodyBudget } from './http/body/body-budget.ts';
import { createGuard } from './http/create-guard.ts';
import { createRoutes } from './http/create-routes.ts';
import { originTest } from './http/origin-test.ts';
import { pathOf } from './http/route.ts';
import { serveDialect, type ServeDialectOptions } from './http/serve-dialect.ts';
import { createModelCatalog } from './models/model-catalog.ts';
import { silentLogger } from './ports/logger.ts';
import { webSha256 } from './ports/sha256.ts';
import { createMemoryQuotaStore } from './quotas/create-memory-quota-store.ts';
import { addResponseHelpers } from './resources/responses/add-response-helpers.ts';
import { createQuotas } from './quotas/create-quotas.ts';
import { addConversationRoutes } from './resources/conversations/add-conversation-routes.ts';
import { addEmbeddingRoutes } from './resources/embeddings/add-embedding-routes.ts';
import { addTokenCount } from './resources/messages/add-token-count.ts';
import { addModelRoutes } from './resources/models/add-model-routes.ts';
import { createResponses } from './responses/create-responses.ts';
import { addResponseRoutes } from './resources/responses/add-response-routes.ts';
import { addOperationRoutes } from './resources/operations/add-operation-routes.ts';

const exposedHeaders = [
  'x-request-id',
  'x-claude-request-id',
  'x-ignored-parameters',
  'x-conversation-id',
  'x-cache',
  'x-token-count',
  'retry-after',
  'x-should-retry',
  'request-id',
  ...['limit', 'remaining', 'reset'].flatMap((what) =>
    ['requests', 'tokens'].flatMap((of) => [`x-ratelimit-${what}-${of}`, `anthropic-ratelimit-${of}-${what}`]),
  ),
];

/**
 * Builds the gateway as a Hono app, for mounting or serving on any runtime. It owns nothing that must be closed; the
 * runner is closed by whoever made it.
 *
 * @throws {Error} For a runner that was made for another version of `ClaudeRunner`.
 */
export function createGateway(options: GatewayOptions): Hono {
  const { runner, logger = silentLogger, insight, media = {}, sha256 = webSha256, isStopping = () => false } = options;
  checkRunner(runner);
  const { queue = {}, bodies = {}, access = {}, defaults = {}, conversations, embeddings } = options;
  const { aliases = {}, profiles = {}, defaultProfile, defaultProfileOptions = {} } = options.models ?? {};
  const { callerOf, corsOrigins = [] } = access;
  const { maxBytes: maxBodyBytes = gatewayDefaults.maxBodyBytes } = bodies;
  const limiter = createTurnLimiter({
    maxConcurrent: queue.maxRunning ?? gatewayDefaults.maxRunning,
    maxQueued: queue.maxWaiting ?? gatewayDefaults.maxWaiting,
    queueTimeoutMs: queue.timeoutMs ?? gatewayDefaults.queueTimeoutMs,
    maxPerTenant: queue.maxRunningPerCaller,
  });
  const created = Math.floor(Date.now() / 1000);
  const models = createModelCatalog(runner, {
    aliases,
    profiles: Object.keys(profiles),
    defaultProfile,
    others: embeddings?.models,
    created,
  });
  const quotas = callerOf && createQuotas({ store: access.quotas ?? createMemoryQuotaStore(), runner });
  // Not asked for before it is of use: workers have no randomness until there is a request.
  const { key = randomId } = options.seal ?? {};
  const kept = conversations && options.responses;
  const engine = createEngine({
    context: { runner, limiter, quotas, insight, logContent: options.logContent ?? false },
    models,
    profiles: new Map([[defaultProfile ?? '', defaultProfileOptions], ...Object.entries(profiles)]),
    turnTimeoutMs: options.turnTimeoutMs ?? gatewayDefaults.turnTimeoutMs,
    media,
    maxMediaBytes: maxBodyBytes,
    defaultEffort: defaults.effort ?? gatewayDefaults.effort,
    activity: defaults.activity ?? gatewayDefaults.activity,
    conversations:
      conversations &&
      createConversations({
        ...conversations,
        busyTimeoutMs: conversations.busyTimeoutMs ?? gatewayDefaults.busyTimeoutMs,
        sha256,
        logger,
      }),
    responses: kept && createResponses(kept.store, kept.background),
    cache: options.cache && {
      answers: createAnswerCache({ cache: options.cache.store, logger }),
      mode: options.cache.mode ?? gatewayDefaults.cacheMode,
      sha256,
    },
    mcp: options.mcp,
    sealer: createSealer(typeof key === 'function' ? key : () => key),
  });

  const app = new Hono({ getPath: pathOf });
  const allowsOrigin = originTest(corsOrigins);
  if (corsOrigins.length > 0) app.use(corsFor(corsOrigins, allowsOrigin));
  const guard = createGuard({ allowedHosts: access.allowedHosts, allowsOrigin, isStopping });
  const budget = toBodyBudget(bodies.maxHeldBytes ?? gatewayDefaults.maxHeldBodyBytes, maxBodyBytes, callerOf !== undefined);
  const dialects = [...(options.dialects ?? []), chatCompletions, responses, messages, completions];
  const add = createRoutes(app, {
    dialects,
    logger,
    callerOf,
    quotas,
    insight,
    guard,
    bodies: budget,
    maxBodyBytes,
    optionNames: options.optionNames,
  });
  const serving: ServeDialectOptions = {
    engine,
    background: kept?.background,
    keepAlive: options.keepAlive ?? gatewayDefaults.keepAlive,
    strictParameters: defaults.strictParameters ?? gatewayDefaults.strictParameters,
  };
  for (const dialect of dialects) {
    const { modelList } = dialect;
    const route = { errorForm: dialect };
    add('POST', dialect.path, serveDialect(dialect, serving), route);
    if (modelList !== undefined)
      add('GET', modelList.path, async (c, { caller }) => c.json(modelList.reply(await models.list(caller))), route);
  }
  addTokenCount(add, engine);
  addResponseHelpers(add, engine);
  addOperationRoutes(add, { runner, limiter, isStopping, insight, welcome: options.welcome, documents: options.documents });
  addEmbeddingRoutes(add, { embeddings, maxBytes: maxBodyBytes, quotas, insight });
  addModelRoutes(add, models, dialects);
  if (conversations !== undefined) {
    const forget = async (tenant: string, id: string): Promise<void> => runner.forget?.(tenant, id);
    addConversationRoutes(add, { store: conversations.store, media, maxBodyBytes, forget });
  }
  if (kept !== undefined) addResponseRoutes(add, { ...kept, keepAlive: serving.keepAlive });
  insight?.watchGateway(() => ({ turns: limiter.state() }));
  return app;
}

function corsFor(origins: readonly string[], allows: (origin: string) => boolean): MiddlewareHandler {
  const origin = origins.includes('*') ? '*' : (given: string) => (allows(given) ? given : null);
  return cors({ origin, exposeHeaders: exposedHeaders, maxAge: 86_400 });
}

/** Where there are several callers, none of them can take it all. */
function toBodyBudget(maxHeldBytes: number, maxBodyBytes: number, severalCallers: boolean): BodyBudget {
  const maxBytes = Math.max(maxHeldBytes, maxBodyBytes);
  return createBodyBudget({ maxBytes, maxBytesPerTenant: severalCallers ? Math.max(maxBytes / 2, maxBodyBytes) : maxBytes });
}

/** In JavaScript it may be anything. */
function checkRunner({ specificationVersion }: { readonly specificationVersion: unknown }): void {
  if (specificationVersion === 1) return;
  throw new Error(
    `This runner has version ${String(specificationVersion)} of ClaudeRunner, and this gateway takes 1: install versions of both that fit.`,
  );
}
