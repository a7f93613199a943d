import { resolve } from 'node:path';
import type { Settings } from '../config/settings-schema.ts';
import type { ResolvedProfiles } from '../profiles/resolve-profiles.ts';
import type { CliRunnerOptions } from '../runner/cli-runner-options.ts';
import type { ModelPrices } from '../runner/models/model-prices.ts';

/** What the settings say of the CLI runner. */
export function toRunnerOptions(
  { claude, conversation, models }: Settings,
  { profiles }: ResolvedProfiles,
): Omit<CliRunnerOptions, 'cli' | 'logger'> {
  return {
    moreVariables: claude.environment,
    processes: {
      minIdle: claude.min_idle_processes,
      maxIdle: claude.max_idle_processes,
      maxLive: claude.max_live_processes,
      maxLiveMemoryBytes: claude.max_live_memory_megabytes * 1_000_000,
      liveIdleMs: claude.live_process_idle_seconds && claude.live_process_idle_seconds * 1000,
    },
    maxHistoryMessages: conversation.max_history_messages,
    startTimeoutMs: claude.start_timeout_seconds * 1000,
    firstEventTimeoutMs: claude.first_event_timeout_seconds * 1000,
    maxRetries: claude.max_retries,
    prices: toModelPrices(models.prices),
    profiles,
    conversationTtlMs: conversation.session_timeout_minutes * 60_000,
    workRoot: claude.work_root && resolve(claude.work_root),
  };
}

function toModelPrices(prices: Settings['models']['prices']): ModelPrices {
  return Object.fromEntries(
    Object.entries(prices).map(
      ([model, { input, output, cache_write: cacheWrite, cache_write_1h: cacheWriteHour, cache_read: cacheRead }]) => [
        model,
        { input, output, cacheWrite, cacheWriteHour, cacheRead },
      ],
    ),
  );
}
