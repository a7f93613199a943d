import { once } from 'node:events';
import type { Hono } from 'hono';
import type { Driver } from 'unstorage';
import { createGateway, type ClaudeRunner, type Logger } from '@claude-code-api/gateway';
import { createBackground } from '@claude-code-api/gateway/background';
import type { Settings } from '../config/settings-schema.ts';
import type { NodeInsight } from '../insight/create-insight.ts';
import { loadPage } from '../insight/load-page.ts';
import { checkExposure } from '../keys/check-exposure.ts';
import { createUrlFetcher } from '../media/create-url-fetcher.ts';
import { shareOf } from '../keys/share-of.ts';
import { missingDirectoriesOf } from '../profiles/missing-directories-of.ts';
import type { ResolvedProfiles } from '../profiles/resolve-profiles.ts';
import { summarizeProfile } from '../profiles/summarize-profile.ts';
import { createHttpServer } from './create-http-server.ts';
import { openStorage } from './open-storage.ts';
import { toGatewayOptions } from './to-gateway-options.ts';
import { toUrl } from './to-url.ts';
import { warnOfAliases } from './warn-of-aliases.ts';
import { warnOfPrices } from './warn-of-prices.ts';

export interface StartServerOptions {
  readonly settings: Settings;
  /** What `resolveProfiles` made of the settings; the runner must have been given the same. */
  readonly profiles: ResolvedProfiles;
  readonly runner: ClaudeRunner;
  readonly logger: Logger;
  readonly insight: NodeInsight;
  /** In the place of what `settings.storage` says. */
  readonly storageDriver: Driver | undefined;
}

export interface ServedGateway {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** The gateway, to be asked without HTTP: `app.request('/v1/models')`. */
  readonly app: Hono;
  /**
   * Begins nothing new, which gets a 503, and closes once the requests that are under way have their answers, and responses in the background
   * have ended; those that take longer than `server.shutdown_timeout_seconds` are cut.
   */
  stop(): Promise<void>;
  /** Takes no more requests, cuts those that are under way, and ends all that the server has begun: nothing keeps the process from ending. */
  close(): Promise<void>;
}

const fetchTimeoutMs = 20_000;
/** How long cut requests have to tell their callers, who may read slowly. */
const partingMs = 1000;

/**
 * Serves the gateway over HTTP. Its end is that of the runner and of the insight too.
 *
 * @throws {Error} When the address can't be had, or is not to be had without keys.
 */
export async function startServer(options: StartServerOptions): Promise<ServedGateway> {
  const { settings, runner, logger, profiles, insight } = options;
  checkExposure(settings);
  const storage = await openStorage(settings, logger, options.storageDriver);
  const fetcher = settings.file_access.fetch_urls ? createUrlFetcher({ timeoutMs: fetchTimeoutMs }) : undefined;
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
    runner,
    logger,
    insight,
    welcome: loadPage('welcome'),
    isStopping: () => stopping,
  });
  const { server, requests } = createHttpServer({
    fetch: (request) => app.fetch(request),
    requestTimeoutMs: settings.server.request_timeout_seconds * 1000,
    logger,
  });
  try {
    server.listen(settings.server.port, settings.server.host);
    // Rejects with the error when there is one first.
    await once(server, 'listening');
  } catch (error) {
    await fetcher?.close();
    await storage.close();
    throw error;
  }
  // Without handles left, for one, no connection can be taken; those that are there go on.
  server.on('error', (error) => logger.error({ error }, 'the server can take no connection'));
  for (const { key, path } of missingDirectoriesOf(settings)) {
    logger.warn({ setting: key, path }, 'a directory that is to be opened does not exist: nothing is opened there');
  }
  for (const [profile, powers] of Object.entries(profiles.profiles)) {
    logger.info({ profile, ...summarizeProfile(powers) }, 'Claude may use more than the conversation');
  }

  void warnOfPrices(settings, runner, logger);
  void warnOfAliases(settings, runner, logger);

  function refuseMore(): void {
    stopping = true;
    requests.lastOnTheirConnections();
  }

  async function end(): Promise<void> {
    const closed = once(server, 'close');
    server.close();
    // What runs fails now, and says so.
    await background.close();
    await runner.close();
    await requests.ended(partingMs);
    server.closeAllConnections();
    await fetcher?.close();
    await closed;
    await storage.close();
    insight.close();
  }

  let ending: Promise<void> | undefined;
  const close = (): Promise<void> => {
    refuseMore();
    return (ending ??= end());
  };
  return {
    url: toUrl(server.address()),
    app,
    async stop() {
      refuseMore();
      // It still listens meanwhile: whoever comes is told to go elsewhere, and connections that wait for their next request are told so too.
      const timeoutMs = settings.server.shutdown_timeout_seconds * 1000;
      await Promise.all([requests.ended(timeoutMs), background.ended(timeoutMs)]);
      await close();
    },
    close,
  };
}
