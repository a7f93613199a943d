// Its one router suffices for so few paths, and spares 2 kB.
import { Hono } from 'hono/tiny';
import { cors } from 'hono/cors';
import { createAnswerCache } from './cache/create-answer-cache.ts';
import type { CacheMode } from './cache/read-cache-wish.ts';
import { createConversations } from './conversations/create-conversations.ts';
import { chatCompletions } from './dialects/chat-completions/chat-completions.ts';
import { addConversationRoutes } from './resources/conversations/add-conversation-routes.ts';
import type { ActivityMode } from './engine/activity-mode.ts';
import { createEngine } from './engine/create-engine.ts';
import { createBodyBudget } from './http/body/body-budget.ts';
import { serveDialect, type ServeDialectOptions } from './http/serve-dialect.ts';
import { createGuard } from './http/create-guard.ts';
import { createRoutes } from './http/create-routes.ts';
import { originTest } from './http/origin-test.ts';
import { pathOf } from './http/path-of.ts';
import type { KeepAlive } from './http/stream-response.ts';
import { addModelRoutes } from './resources/models/add-model-routes.ts';
import { addOperationRoutes } from './resources/operations/add-operation-routes.ts';
import { createQuotas } from './quotas/create-quotas.ts';
import { createMemoryQuotaStore } from './quotas/create-memory-quota-store.ts';
import type { MediaAccess } from './media/media-access.ts';
import { createModelCatalog } from './models/model-catalog.ts';
import type { ProfileOptions } from './models/profile-options.ts';
import type { Caller } from './ports/caller.ts';
import type { ClaudeRunner } from './ports/claude-runner.ts';
import type { ConversationStore } from './ports/conversation-store.ts';
import type { Insight } from './ports/insight.ts';
import type { QuotaStore } from './ports/quota-store.ts';
import type { Logger } from './ports/logger.ts';
import type { ResponseCache } from './ports/response-cache.ts';
import type { Sha256 } from './ports/sha256.ts';
import type { ReasoningEffort } from './turn/reasoning.ts';
import { webSha256 } from './ports/web-sha256.ts';
import { silentLogger } from './ports/silent-logger.ts';
import { createTurnLimiter } from './engine/turn-limiter.ts';

export interface GatewayOptions {
  /** What runs the turns. */
  readonly runner: ClaudeRunner;
  /** Where to write what happens. Default: nowhere. */
  readonly logger?: Logger;
  /** More names for models: `{ 'gpt-4o': 'sonnet' }`. Default: none. */
  readonly modelAliases?: Readonly<Record<string, string>>;
  /** Turns that run at once. Default: 10. */
  readonly maxConcurrentTurns?: number;
  /** Those of one caller, where its `concurrentTurns` does not say; more wait for a place. Default: all. */
  readonly maxConcurrentTurnsPerCaller?: number;
  /** Turns that may wait for a place; one more gets a 429. Default: 100. */
  readonly maxQueuedTurns?: number;
  /** The longest wait for a place before a 429. Default: 60,000. */
  readonly queueTimeoutMs?: number;
  /** The longest a turn may take before a 504. Default: 300,000. */
  readonly turnTimeoutMs?: number;
  /** The largest body that is read; a larger one gets a 413. Default: 33,554,432 (32 MiB, what the Messages API takes). */
  readonly maxBodyBytes?: number;
  /**
   * The bytes of all bodies together that are being read, or whose requests are not answered yet, and of the files and URLs that they name; one
   * that does not fit in gets a 503. Half of them
   * where there are several callers are for one caller at most, who then gets a 429. Default: 268,435,456, at least one largest body.
   */
  readonly maxHeldBodyBytes?: number;
  /** How silent streams are kept alive. Default: an empty chunk every 15,000 ms. */
  readonly keepAlive?: KeepAlive;
  /** How files and URLs that callers name are read. Default: no files; URLs are fetched by Claude itself. */
  readonly media?: MediaAccess;
  /** How hard the model thinks when a request does not say. Default: `none`, no thinking. */
  readonly defaultEffort?: ReasoningEffort;
  /**
   * What of Claude's powers callers can ask for, by the model names `NAME/MODEL` and `NAME`; the runner knows the same names. A
   * name has no slash, and goes before a model's. Default: none.
   */
  readonly profiles?: Readonly<Record<string, ProfileOptions>>;
  /** The profile of every turn whose model names none, whoever asks. Default: none; the turn is then as the runner likes. */
  readonly defaultProfile?: string;
  /** How agents' use of their own tools is told when a request does not say. Default: `none`. */
  readonly activity?: ActivityMode;
  /** Whether a parameter without effect is a 400 when a request does not say; `x-strict-parameters` says. Default: false. */
  readonly strictParameters?: boolean;
  /**
   * Who sends a request, by its key for instance: what is theirs, what they may name, and how much they may use. A `GatewayError`
   * thrown is the reply. Default: everyone is one caller who may do anything.
   */
  readonly callerOf?: (request: Request) => Caller | Promise<Caller>;
  /** Where it is counted what callers with limits use. Default: in memory, for this gateway alone. */
  readonly limits?: QuotaStore;
  /** Whom to tell what happens; it answers `/stats`, `/metrics` and `/dashboard`. Default: nobody, and there are no such routes. */
  readonly insight?: Insight;
  /** Whether prompts and answers are written to the log. Default: false. */
  readonly logContent?: boolean;
  /** Whether nothing new is begun any more: then requests get a 503, but for those that only read. Default: never. */
  readonly isStopping?: () => boolean;
  /**
   * Names by which the gateway may be called, without ports, such as `localhost`: those on a loopback address should know them, since a
   * web page can give the address a name of its own. Pages of other origins are then refused as well. Default: any.
   */
  readonly allowedHosts?: readonly string[];
  /** Where conversations are kept. Default: nowhere; replies then carry no `conversation_id`. */
  readonly conversations?: ConversationStore;
  /** The longest wait for a conversation in which another turn runs, before a 409. Default: 0. */
  readonly busyConversationTimeoutMs?: number;
  /** Where answers are kept for equal requests. Default: nowhere. */
  readonly responseCache?: ResponseCache;
  /**
   * Which requests take part in the cache, beside those with the header `cache-control: max-age`: those with a `seed`; those
   * with a `seed` or `temperature: 0` (`repeatable`); all; no others. With tools only `all` or the header do. Default: `seed`.
   */
  readonly cacheMode?: CacheMode;
  /** How histories and requests are digested. Default: by WebCrypto; one that answers at once is faster. */
  readonly sha256?: Sha256;
  /**
   * Origins whose web pages may call the gateway: `https://app.example.org`; `http://localhost:*` for any port, `https://*.example.org` for any name
   * before it, `*` for all. Default: none.
   */
  readonly corsOrigins?: readonly string[];
  /**
   * What the operator calls options of the gateway, by their names here: `{ maxBodyBytes: 'server.max_body_bytes' }`. Errors that an option would
   * have prevented end with it: `maxBodyBytes`, `turnTimeoutMs`, `allowedHosts`, `corsOrigins`, and `readLocalFile` of `media`. Default: none do.
   */
  readonly optionNames?: Readonly<Record<string, string>>;
}

const exposedHeaders = [
  'x-request-id',
  'x-claude-request-id',
  'x-ignored-parameters',
  'x-conversation-id',
  'x-cache',
  'retry-after',
  'x-should-retry',
  ...['limit', 'remaining', 'reset'].flatMap((what) => [`x-ratelimit-${what}-requests`, `x-ratelimit-${what}-tokens`]),
];

/**
 * Builds the gateway as a Hono app, for mounting or serving on any runtime. It owns nothing that must be closed; the
 * runner is closed by whoever made it.
 */
export function createGateway(options: GatewayOptions): Hono {
  const { runner, logger = silentLogger } = options;
  const limiter = createTurnLimiter({
    maxConcurrent: options.maxConcurrentTurns ?? 10,
    maxQueued: options.maxQueuedTurns ?? 100,
    queueTimeoutMs: options.queueTimeoutMs ?? 60_000,
    maxPerTenant: options.maxConcurrentTurnsPerCaller,
  });
  const { profiles = {}, callerOf, insight, corsOrigins = [], isStopping = () => false } = options;
  const models = createModelCatalog(runner, {
    aliases: options.modelAliases ?? {},
    profiles: Object.keys(profiles),
    defaultProfile: options.defaultProfile,
    created: Math.floor(Date.now() / 1000),
  });
  const limits = callerOf && createQuotas({ store: options.limits ?? createMemoryQuotaStore(), runner });
  const { conversations: store, sha256 = webSha256, media = {}, maxBodyBytes = 33_554_432 } = options;
  const app = new Hono({ getPath: pathOf });
  const allowsOrigin = originTest(corsOrigins);
  if (corsOrigins.length > 0) {
    const origin = corsOrigins.includes('*') ? '*' : (given: string) => (allowsOrigin(given) ? given : null);
    app.use(cors({ origin, exposeHeaders: exposedHeaders, maxAge: 86_400 }));
  }
  const heldBytes = Math.max(options.maxHeldBodyBytes ?? 268_435_456, maxBodyBytes);
  const bodies = createBodyBudget({
    maxBytes: heldBytes,
    maxBytesPerTenant: callerOf === undefined ? heldBytes : Math.max(heldBytes / 2, maxBodyBytes),
  });
  const guard = createGuard({ allowedHosts: options.allowedHosts, allowsOrigin, isStopping });
  const add = createRoutes(app, { logger, callerOf, limits, insight, guard, bodies, maxBodyBytes, optionNames: options.optionNames });

  addOperationRoutes(add, { runner, limiter, isStopping, insight });
  addModelRoutes(add, models);
  const engine = createEngine({
    context: { runner, limiter, limits, insight, logContent: options.logContent ?? false },
    models,
    profiles: new Map(Object.entries(profiles)),
    turnTimeoutMs: options.turnTimeoutMs ?? 300_000,
    media,
    maxMediaBytes: maxBodyBytes,
    defaultEffort: options.defaultEffort ?? 'none',
    activity: options.activity ?? 'none',
    conversations: store && createConversations({ store, busyTimeoutMs: options.busyConversationTimeoutMs ?? 0, sha256, logger }),
    cache: options.responseCache && {
      answers: createAnswerCache({ cache: options.responseCache, logger }),
      mode: options.cacheMode ?? 'seed',
      sha256,
    },
  });
  const serving: ServeDialectOptions = {
    engine,
    keepAlive: options.keepAlive ?? { mode: 'chunk', intervalMs: 15_000 },
    strictParameters: options.strictParameters ?? false,
  };
  add('POST', chatCompletions.path, serveDialect(chatCompletions, serving), { errorBody: chatCompletions.errorBody });
  if (store !== undefined) {
    const forget = async (tenant: string, id: string): Promise<void> => runner.forget?.(tenant, id);
    addConversationRoutes(add, { store, media, maxBodyBytes, forget });
  }
  insight?.watchGateway(() => ({ turns: limiter.state() }));
  return app;
}
