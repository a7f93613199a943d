import { createGateway, type ClaudeRunner, type Logger, type McpConnector } from '@claude-code-api/gateway';
import type { Hono } from 'hono';
import { createBackground } from '@claude-code-api/gateway/background';
import { createMcpHosting } from '@claude-code-api/gateway/mcp';
import type { Settings } from '../config/settings-schema.ts';
import type { NodeInsight } from '../insight/create-insight.ts';
import { loadPage } from '../insight/load-page.ts';
import { readKeyLimits } from '../keys/read-key-limits.ts';
import { shareOf } from '../keys/share-of.ts';
import { createUrlFetcher } from '../media/create-url-fetcher.ts';
import { createMcpConnector } from '../mcp/create-mcp-connector.ts';
import { missingDirectoriesOf } from '../profiles/missing-directories-of.ts';
import type { ResolvedProfiles } from '../profiles/resolve-profiles.ts';
import { summarizeProfile } from '../profiles/summarize-profile.ts';
import type { Driver } from '@claude-code-api/gateway/stores';
import { createDocuments } from './create-documents.ts';
import { openStorage } from './open-storage.ts';
import { toGatewayOptions } from './to-gateway-options.ts';
import { warnOfAliases, warnOfPrices } from './warn-of-models.ts';

export interface OpenGatewayOptions {
  readonly settings: Settings;
  /** What `resolveProfiles` made of the settings; the runner must have been given the same. */
  readonly profiles: ResolvedProfiles;
  readonly runner: ClaudeRunner;
  readonly logger: Logger;
  readonly insight: NodeInsight;
  /** In the place of what `settings.storage` says. */
  readonly storageDriver: Driver | undefined;
  /** In the place of what `settings.server.allow_mcp_urls` says; it stays open. */
  readonly mcp: McpConnector | undefined;
}

export interface OpenedGateway {
  readonly app: Hono;
  /** From now on nothing new is begun: it gets a 503. */
  refuseMore(): void;
  /** Waits for responses in the background; not longer than `timeoutMs`. */
  ended(timeoutMs: number): Promise<void>;
  /** Ends what runs, which fails and says so: the runner too. */
  cut(): Promise<void>;
  /** Ends what was opened for it; what runs must have ended. */
  close(): Promise<void>;
}

const fetchTimeoutMs = 20_000;

/**
 * Opens what the settings ask for, and puts the gateway on it.
 *
 * @param startPage What a browser gets at `/`: a page that only tells how the server is used, or one to try it on too.
 * @throws {Error} When another process uses the directory of what is stored.
 */
export async function openGateway(options: OpenGatewayOptions, startPage: 'welcome' | 'playground' = 'welcome'): Promise<OpenedGateway> {
  const { settings, runner, logger, profiles, insight } = options;
  const storage = await openStorage(settings, logger, options.storageDriver);
  const fetcher = settings.file_access.fetch_urls ? createUrlFetcher({ timeoutMs: fetchTimeoutMs }) : undefined;
  const connector = settings.server.allow_mcp_urls ? createMcpConnector() : undefined;
  const mcp = options.mcp ?? connector;
  let stopping = false;
  const { max_background_responses: maxUnfinished } = settings.claude;
  const background = createBackground({
    store: storage.responses,
    maxUnfinished,
    maxUnfinishedPerCaller: Math.ceil(shareOf(maxUnfinished, settings)),
  });
  const app = createGateway({
    ...toGatewayOptions(settings, { profiles, fetcher, storage }),
    responses: { store: storage.responses, background },
    ...(mcp !== undefined && { mcp: createMcpHosting(mcp) }),
    runner,
    logger,
    insight,
    welcome: loadPage(startPage),
    documents: createDocuments(),
    isStopping: () => stopping,
  });
  insight.watchLimits(() => readKeyLimits(settings.server.api_keys, storage.quotas));
  return {
    app,
    refuseMore() {
      stopping = true;
    },
    ended: (timeoutMs) => background.ended(timeoutMs),
    async cut() {
      await background.close();
      await runner.close();
    },
    async close() {
      await fetcher?.close();
      await connector?.close();
      await storage.close();
    },
  };
}

/** Says in the log what a gateway opens, and what of the settings leads nowhere. */
export function logOpened({ settings, runner, logger, profiles }: OpenGatewayOptions): void {
  for (const { key, path } of missingDirectoriesOf(settings)) {
    logger.warn({ setting: key, path }, 'a directory that is to be opened does not exist: nothing is opened there');
  }
  for (const [profile, powers] of Object.entries(profiles.profiles)) {
    logger.info({ profile, ...summarizeProfile(powers) }, 'Claude may use more than the conversation');
  }
  void warnOfPrices(settings, runner, logger);
  void warnOfAliases(settings, runner, logger);
}
