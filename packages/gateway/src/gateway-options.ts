import type { CacheMode } from './cache/read-cache-wish.ts';
import type { Dialect } from './dialects/dialect.ts';
import type { ActivityMode } from './turn/turn-event.ts';
import type { KeepAlive } from './http/stream-response.ts';
import type { MediaAccess } from './media/media-access.ts';
import type { ProfileOptions } from './models/profile-options.ts';
import type { Caller } from './ports/caller.ts';
import type { SealKey } from './engine/seal/create-sealer.ts';
import type { ClaudeRunner } from './ports/claude-runner.ts';
import type { ConversationStore } from './ports/conversation-store.ts';
import type { Insight, Page } from './ports/insight.ts';
import type { Logger } from './ports/logger.ts';
import type { McpHosting } from './engine/hosted/hosted-tools.ts';
import type { QuotaStore } from './ports/quota-store.ts';
import type { ResponseCache } from './ports/response-cache.ts';
import type { ResponseStore } from './ports/response-store.ts';
import type { Background } from './responses/background.ts';
import type { Sha256 } from './ports/sha256.ts';
import type { EmbeddingsOptions } from './resources/embeddings/fetch-embeddings.ts';
import type { ReasoningEffort } from './turn/reasoning.ts';

/** The defaults of `GatewayOptions` that are numbers or words; units as there. */
export const gatewayDefaults = {
  effort: 'none',
  activity: 'none',
  strictParameters: false,
  maxRunning: 10,
  maxWaiting: 100,
  queueTimeoutMs: 60_000,
  turnTimeoutMs: 300_000,
  maxBodyBytes: 33_554_432,
  maxHeldBodyBytes: 268_435_456,
  keepAlive: { mode: 'chunk', intervalMs: 15_000 },
  busyTimeoutMs: 0,
  cacheMode: 'seed',
} as const;

/** What a gateway is made of; all but the runner has a default. */
export interface GatewayOptions {
  /** What runs the turns. */
  readonly runner: ClaudeRunner;
  /** More wire formats, each served at its path, where it goes before one of the gateway's own. Default: none. */
  readonly dialects?: readonly Dialect<unknown>[];
  /** Which names stand for which models. */
  readonly models?: ModelOptions;
  /** What a request asks for that does not say. */
  readonly defaults?: RequestDefaults;
  /** How many turns run and wait. */
  readonly queue?: QueueOptions;
  /** The longest a turn may take before a 504, in milliseconds. Default: 300,000. */
  readonly turnTimeoutMs?: number;
  /** What requests may weigh. */
  readonly bodies?: BodyOptions;
  /** How silent streams are kept alive. Default: an empty chunk every 15,000 ms. */
  readonly keepAlive?: KeepAlive;
  /** Who may call, and how much they may use. Default: anyone may do anything. */
  readonly access?: AccessOptions;
  /** Where conversations are kept. Default: nowhere; replies then carry no `conversation_id`. */
  readonly conversations?: ConversationOptions;
  /** Where responses are kept, to be read again and gone on with; their conversations must be kept too. Default: nowhere. */
  readonly responses?: ResponseOptions;
  /** Where answers are kept for equal requests. Default: nowhere. */
  readonly cache?: CacheOptions;
  /** Where embeddings are got from, since Claude has none. Default: nowhere; `POST /v1/embeddings` is then a 404. */
  readonly embeddings?: EmbeddingsOptions;
  /** The key that seals Claude's reasoning, which callers get and bring back. Default: a random key that this gateway alone has. */
  readonly seal?: SealOptions;
  /** How files and URLs that callers name are read. Default: no files; URLs are fetched by Claude itself. */
  readonly media?: MediaAccess;
  /** What calls the tools of MCP servers that requests name: `createMcpHosting` of `@claude-code-api/gateway/mcp`. Default: nothing; such a request is then a 400. */
  readonly mcp?: McpHosting;
  /** Where to write what happens. Default: nowhere. */
  readonly logger?: Logger;
  /** Whether prompts and answers are written to the log. Default: false. */
  readonly logContent?: boolean;
  /** What counts requests and turns, and answers `/stats`, `/metrics` and `/dashboard`. Default: nothing does, and there are no such routes. */
  readonly insight?: Insight;
  /** What `GET /` answers in a browser: a page that says how to use the server. Default: the same 404 as for all others. */
  readonly welcome?: Page;
  /** What else anyone may read, by its path: `{ '/openapi.json': async () => Response.json(openapiDocument({ version })) }`. Default: nothing. */
  readonly documents?: Readonly<Record<string, () => Promise<Response | Page>>>;
  /** How histories and requests are digested. Default: by WebCrypto; one that answers at once is faster. */
  readonly sha256?: Sha256;
  /** Whether nothing new is begun any more: then requests get a 503, but for those that only read. Default: never. */
  readonly isStopping?: () => boolean;
  /**
   * What the operator calls options of the gateway, by their names here: `{ 'bodies.maxBytes': 'server.max_body_bytes' }`. Errors that an option
   * would have prevented end with it: `bodies.maxBytes`, `turnTimeoutMs`, `access.allowedHosts`, `access.corsOrigins`, `media.readLocalFile`,
   * `mcp` and `embeddings`.
   * Default: none do.
   */
  readonly optionNames?: Readonly<Record<string, string>>;
}

/** Names for models, and the profiles that callers can name. */
export interface ModelOptions {
  /** More names for models: `{ 'gpt-4o': 'sonnet' }`; `*` is for any name that is unknown otherwise. Default: none. */
  readonly aliases?: Readonly<Record<string, string>>;
  /**
   * The profiles that callers can ask for, by the model names `NAME/MODEL` and `NAME`; the runner knows the same names. A name has no
   * slash, and goes before a model's. Default: none.
   */
  readonly profiles?: Readonly<Record<string, ProfileOptions>>;
  /** What to know of the default profile, where it is none of `profiles`: nobody can name it then. */
  readonly defaultProfileOptions?: ProfileOptions;
  /** The profile of every turn whose model names none, whoever asks. Default: none; the turn is then as the runner likes. */
  readonly defaultProfile?: string;
}

/** What a request asks for that does not say. */
export interface RequestDefaults {
  /** How hard the model thinks. Default: `none`, no thinking. */
  readonly effort?: ReasoningEffort;
  /** How agents' use of their own tools is told. Default: `none`. */
  readonly activity?: ActivityMode;
  /** Whether a parameter without effect is a 400; the header `x-strict-parameters` says otherwise. Default: false. */
  readonly strictParameters?: boolean;
}

/** How many turns run at once, and how many wait for how long. */
export interface QueueOptions {
  /** Turns that run at once. Default: 10. */
  readonly maxRunning?: number;
  /** Turns of one caller that run at once, where its `concurrentTurns` does not say; its others wait. Default: `maxRunning`. */
  readonly maxRunningPerCaller?: number;
  /** Turns that may wait for a place; one more gets a 429. Default: 100. */
  readonly maxWaiting?: number;
  /** The longest wait for a place before a 429, in milliseconds. Default: 60,000. */
  readonly timeoutMs?: number;
}

/** How large request bodies may be, in bytes. */
export interface BodyOptions {
  /** The largest body that is read; a larger one gets a 413. Default: 33,554,432 (32 MiB, what the Messages API takes). */
  readonly maxBytes?: number;
  /**
   * The most bytes in memory of all requests that are not answered yet: their bodies, and the files and URLs that they name. A request that does
   * not fit in gets a 503. Where there are several callers, one caller may have half of it; a request beyond that gets a 429.
   * Default: 268,435,456, and never less than `maxBytes`.
   */
  readonly maxHeldBytes?: number;
}

/** Who may call the gateway, from where, and how much they may use. */
export interface AccessOptions {
  /**
   * Tells who sends a request, by its key for instance: what is theirs, what they may name, and how much they may use. A `GatewayError`
   * that it throws is the reply. Default: everyone is the same caller, who may do anything.
   */
  readonly callerOf?: (request: Request) => Caller | Promise<Caller>;
  /** Counts what callers with limits use. Default: a count in memory, for this gateway alone. */
  readonly quotas?: QuotaStore;
  /**
   * Names by which the gateway may be called, without ports, such as `localhost`: those on a loopback address should know them, since a
   * web page can give the address a name of its own. Pages of other origins are then refused as well. Default: any.
   */
  readonly allowedHosts?: readonly string[];
  /**
   * Origins whose web pages may call the gateway: `https://app.example.org`; `http://localhost:*` for any port, `https://*.example.org` for any
   * name before it, `*` for all. Default: none.
   */
  readonly corsOrigins?: readonly string[];
}

/** Where conversations are kept. */
export interface ConversationOptions {
  readonly store: ConversationStore;
  /** The longest wait for a conversation in which another turn runs, before a 409, in milliseconds. Default: 0. */
  readonly busyTimeoutMs?: number;
}

/** Where responses are kept, and what makes those that run in the background. */
export interface ResponseOptions {
  readonly store: ResponseStore;
  /**
   * Makes responses that nobody waits for (`background: true`), over the same store: `createBackground` of
   * `@claude-code-api/gateway/background`. Who makes it closes it, before the runner. Default: there are none, and who asks for one gets a 400.
   */
  readonly background?: Background;
}

/** Where answers are kept for equal requests, and which requests take part. */
export interface CacheOptions {
  readonly store: ResponseCache;
  /**
   * Which requests take part, beside those with the header `cache-control: max-age`: those with a `seed`; those with a `seed` or
   * `temperature: 0` (`repeatable`); all; no others. With tools only `all` or the header do. Default: `seed`.
   */
  readonly mode?: CacheMode;
}

/** What seals the reasoning and the summaries that callers get to bring back. */
export interface SealOptions {
  /**
   * Any text that is hard to guess, or several: the first one seals, all of them open. A function is asked at the first use. Gateways with
   * the same key open what the others have sealed, and what was sealed before a restart.
   */
  readonly key: SealKey | (() => SealKey | Promise<SealKey>);
}
