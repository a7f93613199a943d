import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { isIPv6, type AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import type { Driver } from 'unstorage';
import { createGateway, type ClaudeRunner, type Logger } from '@claude-code-api/gateway';
import { createLocalFileReader } from '../media/create-local-file-reader.ts';
import { createUrlFetcher } from '../media/create-url-fetcher.ts';
import type { ResolvedProfiles } from '../profiles/resolve-profiles.ts';
import { summarizeProfile } from '../profiles/summarize-profile.ts';
import { openStorage } from './open-storage.ts';
import { sendStreamsAtOnce } from './send-streams-at-once.ts';
import type { Settings } from '../config/settings-schema.ts';

export interface StartServerOptions {
  readonly settings: Settings;
  /** What `resolveProfiles` made of the settings; the runner must have been given the same. Default: the pure model, and nothing else. */
  readonly profiles?: ResolvedProfiles | undefined;
  readonly runner: ClaudeRunner;
  readonly logger: Logger;
  /** Where conversations and cached answers are kept, in the place of what `settings.storage` says. Another server must not use it at the same time. */
  readonly storageDriver?: Driver | undefined;
}

export interface RunningServer {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** Takes no more requests, ends those that run, and closes the runner. */
  close(): Promise<void>;
}

const fetchTimeoutMs = 20_000;

/**
 * Serves the gateway over HTTP.
 *
 * @throws {Error} When the address can't be had.
 */
export async function startServer(options: StartServerOptions): Promise<RunningServer> {
  const { settings, runner, logger, profiles } = options;
  const { additional_dirs: directories, fetch_urls: fetchUrls } = settings.file_access;
  const fetcher = fetchUrls ? createUrlFetcher({ maxBytes: settings.server.max_body_bytes, timeoutMs: fetchTimeoutMs }) : undefined;
  const storage = await openStorage(settings, logger, options.storageDriver);
  const app = createGateway({
    runner,
    logger,
    conversations: storage.conversations,
    busyConversationTimeoutMs: settings.conversation.busy_timeout_seconds * 1000,
    ...(storage.responseCache !== undefined && { responseCache: storage.responseCache }),
    cacheMode: settings.cache.mode,
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
    modelAliases: settings.models.aliases,
    maxConcurrentTurns: settings.claude.max_concurrent_sessions,
    maxQueuedTurns: settings.claude.max_queued_requests,
    queueTimeoutMs: settings.claude.queue_timeout_seconds * 1000,
    turnTimeoutMs: settings.claude.timeout_seconds * 1000,
    maxBodyBytes: settings.server.max_body_bytes,
    keepAlive: { mode: settings.server.keep_alive, intervalMs: settings.server.keep_alive_seconds * 1000 },
    corsOrigins: settings.server.cors_origins,
    strictParameters: settings.server.strict_parameters,
    defaultEffort: settings.models.reasoning_effort,
    activity: settings.server.activity,
    ...(profiles !== undefined && { profiles: profiles.efforts }),
    ...(profiles?.defaultProfile !== undefined && { defaultProfile: profiles.defaultProfile }),
    media: {
      ...(directories.length > 0 && { readLocalFile: createLocalFileReader({ directories, maxBytes: settings.server.max_body_bytes }) }),
      ...(fetcher !== undefined && { fetchUrl: (url) => fetcher.fetch(url) }),
    },
  });
  const server = serve({
    fetch: (request) => sendStreamsAtOnce(app.fetch(request)),
    hostname: settings.server.host,
    port: settings.server.port,
    overrideGlobalObjects: false,
  });
  try {
    // Rejects with the error when there is one first.
    await once(server, 'listening');
  } catch (error) {
    await storage.close();
    throw error;
  }
  for (const [profile, powers] of Object.entries(profiles?.profiles ?? {})) {
    logger.info({ profile, ...summarizeProfile(powers) }, 'Claude may use more than the conversation');
  }
  return {
    url: toUrl(server.address()),
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      await runner.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await fetcher?.close();
      await closed;
      await storage.close();
    },
  };
}

function toUrl(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') return String(address);
  return `http://${isIPv6(address.address) ? `[${address.address}]` : address.address}:${address.port}`;
}
