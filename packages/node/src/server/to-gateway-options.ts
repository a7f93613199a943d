import { hash } from 'node:crypto';
import { getHeapStatistics } from 'node:v8';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { GatewayOptions } from '@claude-code-api/gateway';
import type { Settings } from '../config/settings-schema.ts';
import { createCallerOf } from '../keys/create-caller-of.ts';
import { isLoopback } from '../keys/is-loopback.ts';
import { shareOf } from '../keys/share-of.ts';
import { createLocalFileReader } from '../media/create-local-file-reader.ts';
import { createMediaAccess } from '../media/create-media-access.ts';
import type { UrlFetcher } from '../media/create-url-fetcher.ts';
import type { ResolvedProfiles } from '../profiles/resolve-profiles.ts';
import type { Stores } from '@claude-code-api/gateway/stores';

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/** By which settings the operator changes what the gateway refuses. */
const optionNames = {
  'bodies.maxBytes': 'server.max_body_bytes',
  turnTimeoutMs: 'claude.timeout_seconds',
  'access.allowedHosts': 'server.allowed_hosts',
  'access.corsOrigins': 'server.cors_origins',
  'media.readLocalFile': 'file_access.additional_dirs',
  embeddings: 'embeddings.url, embeddings.models',
  mcp: 'server.allow_mcp_urls',
};

export interface GatewayParts {
  readonly profiles: ResolvedProfiles;
  readonly fetcher: UrlFetcher | undefined;
  readonly storage: Stores;
}

/** What the settings say of the gateway itself. */
export function toGatewayOptions(
  settings: Settings,
  { profiles, fetcher, storage }: GatewayParts,
): Omit<GatewayOptions, 'runner' | 'responses'> {
  const { server, claude, models, cache, conversation } = settings;
  // What is not there at the start opens nothing later either.
  const directories = settings.file_access.additional_dirs.filter((path) => existsSync(path));
  const protectedPaths = [
    ...profiles.protectedPaths,
    // What agents of others have there is nobody's to name.
    ...(claude.work_root === undefined ? [] : [resolve(claude.work_root)]),
  ];
  const callerOf = createCallerOf(server.api_keys);
  return {
    models: {
      aliases: models.aliases,
      profiles: profiles.known,
      ...(profiles.defaultProfile !== undefined && {
        defaultProfile: profiles.defaultProfile,
        defaultProfileOptions: profiles.knownOfDefault,
      }),
    },
    defaults: { effort: models.reasoning_effort, activity: server.activity, strictParameters: server.strict_parameters },
    queue: {
      maxRunning: claude.max_concurrent_sessions,
      maxRunningPerCaller: Math.ceil(shareOf(claude.max_concurrent_sessions, settings)),
      maxWaiting: claude.max_queued_requests,
      timeoutMs: claude.queue_timeout_seconds * 1000,
    },
    turnTimeoutMs: claude.timeout_seconds * 1000,
    bodies: {
      maxBytes: server.max_body_bytes,
      maxHeldBytes: server.max_held_body_bytes ?? Math.floor(getHeapStatistics().heap_size_limit / 8),
    },
    keepAlive: { mode: server.keep_alive, intervalMs: server.keep_alive_seconds * 1000 },
    access: {
      ...(callerOf !== undefined && { callerOf }),
      ...(isLoopback(server.host) && { allowedHosts: [...loopbackNames, nameOf(server.host), ...server.allowed_hosts] }),
      corsOrigins: server.cors_origins,
      quotas: storage.quotas,
    },
    conversations: { store: storage.conversations, busyTimeoutMs: conversation.busy_timeout_seconds * 1000 },
    seal: { key: settings.responses.seal_key ?? storage.secret },
    ...(cache.enabled && { cache: { store: storage.cache, mode: cache.mode } }),
    ...(settings.embeddings.url !== undefined && {
      embeddings: {
        url: settings.embeddings.url,
        models: settings.embeddings.models,
        ...(settings.embeddings.key !== undefined && { key: settings.embeddings.key }),
      },
    }),
    optionNames,
    logContent: settings.log.content,
    sha256: (text) => hash('sha256', text),
    media: createMediaAccess({
      ...(directories.length > 0 && { readLocalFile: createLocalFileReader({ directories, protectedPaths }) }),
      ...(fetcher !== undefined && { fetchUrl: (url, limits) => fetcher.fetch(url, limits) }),
    }),
  };
}

/** As it is in the header `host`. */
function nameOf(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
