import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { loadSettings } from '../config/load-settings.ts';
import { printSettings } from '../config/print-settings.ts';
import { resolveProfiles } from '../profiles/resolve-profiles.ts';
import { createCliRunner } from '../runner/create-cli-runner.ts';
import { findCli } from '../runner/find-cli.ts';
import { createLogger } from './create-logger.ts';
import { helpText } from './help-text.ts';
import { parseArguments } from './parse-arguments.ts';
import { startServer, type RunningServer } from './start-server.ts';
import { welcomeText } from './welcome-text.ts';

export interface MainOptions {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly print: (text: string) => void;
}

/**
 * What the command does.
 *
 * @returns The server, or undefined when there was something else to do.
 * @throws {Error} With a message for whoever starts it.
 */
export async function main(options: MainOptions): Promise<RunningServer | undefined> {
  const { environment, print } = options;
  const { action, file, flags } = parseArguments(options.argv);
  if (action === 'help') print(helpText());
  if (action === 'version') print(ownVersion());
  if (action === 'help' || action === 'version') return undefined;
  const settings = loadSettings({ file, environment, flags });
  if (action === 'print-config') {
    print(printSettings(settings));
    return undefined;
  }
  const { claude } = settings;
  const profiles = resolveProfiles(settings, { environment, settingsFile: file });
  const cli = await findCli({ command: claude.command, environment });
  const logger = createLogger(settings.log);
  const runner = createCliRunner({
    cli,
    logger,
    environment,
    minIdle: claude.min_idle_processes,
    maxIdle: claude.max_idle_processes,
    maxLive: claude.max_live_processes,
    maxLiveMemoryBytes: claude.max_live_memory_megabytes * 1_000_000,
    maxHistoryMessages: settings.conversation.max_history_messages,
    liveIdleMs: claude.live_process_idle_seconds * 1000,
    startTimeoutMs: claude.start_timeout_seconds * 1000,
    firstEventTimeoutMs: claude.first_event_timeout_seconds * 1000,
    maxRetries: claude.max_retries,
    profiles: profiles.profiles,
    conversationTtlMs: settings.conversation.session_timeout_minutes * 60_000,
    ...(claude.work_root !== undefined && { workRoot: resolve(claude.work_root) }),
  });
  try {
    const server = await startServer({ settings, profiles, runner, logger });
    const health = await runner.health();
    print(welcomeText({ url: server.url, cli, health, version: ownVersion(), profiles }));
    return server;
  } catch (error) {
    await runner.close();
    throw error;
  }
}

function ownVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('../../package.json');
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
}
