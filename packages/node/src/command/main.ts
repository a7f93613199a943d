import { resolve } from 'node:path';
import { loadSettings } from '../config/load-settings.ts';
import { printSettings } from '../config/print-settings.ts';
import type { Settings } from '../config/settings-schema.ts';
import { toModelPrices } from '../config/to-model-prices.ts';
import { runDoctor } from '../doctor/run-doctor.ts';
import { createInsight } from '../insight/create-insight.ts';
import { isLoopback } from '../keys/is-loopback.ts';
import { keyText } from '../keys/key-text.ts';
import { secretsOf } from '../log/secrets-of.ts';
import { ownVersion } from '../own-version.ts';
import { resolveProfiles } from '../profiles/resolve-profiles.ts';
import { createCliRunner } from '../runner/create-cli-runner.ts';
import { findCli } from '../runner/cli/find-cli.ts';
import { readStoredLogin } from '../runner/cli/cli-login.ts';
import { createLogger } from '../log/create-logger.ts';
import { helpText, settingsHelpText } from './help-text.ts';
import { modelToTry } from './model-to-try.ts';
import { parseArguments } from './parse-arguments.ts';
import { startServer, type RunningServer } from '../server/start-server.ts';
import { welcomeText } from './welcome-text.ts';

/** A CLI that can't reach Anthropic takes long to tell its models. */
const longestWaitForModelsMs = 3000;

export interface MainOptions {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly print: (text: string) => void;
  /** Takes the exit code of a command that has done its work and found something wrong. Default: nobody asks. */
  readonly setExitCode?: (code: number) => void;
}

/**
 * What the command does.
 *
 * @returns The server, or undefined when there was something else to do.
 * @throws {Error} With a message for whoever starts it.
 */
export async function main(options: MainOptions): Promise<RunningServer | undefined> {
  const { environment, print } = options;
  const line = parseArguments(options.argv);
  const { file, flags } = line;
  switch (line.action) {
    case 'help':
      print(helpText());
      return undefined;
    case 'help-settings':
      print(settingsHelpText());
      return undefined;
    case 'version':
      print(ownVersion());
      return undefined;
    case 'print-config':
      print(printSettings(loadSettings({ file, environment, flags })));
      return undefined;
    case 'create-key':
      print(keyText(line.name, file));
      return undefined;
    case 'doctor':
      if (!(await runDoctor({ file, environment, flags, print }))) options.setExitCode?.(1);
      return undefined;
    case 'serve':
      return serve(loadSettings({ file, environment, flags }), file, options);
  }
}

async function serve(settings: Settings, file: string | undefined, { environment, print }: MainOptions): Promise<RunningServer> {
  const { claude, server: address } = settings;
  const profiles = resolveProfiles(settings, { environment, settingsFile: file });
  const cli = await findCli({ command: claude.command, environment });
  const logger = createLogger({ level: settings.log.level, secrets: secretsOf(readStoredLogin(environment).environment, settings) });
  const insight = createInsight();
  const runner = createCliRunner({
    cli,
    logger,
    insight,
    environment,
    moreVariables: claude.environment,
    minIdle: claude.min_idle_processes,
    maxIdle: claude.max_idle_processes,
    maxLive: claude.max_live_processes,
    maxLiveMemoryBytes: claude.max_live_memory_megabytes * 1_000_000,
    maxHistoryMessages: settings.conversation.max_history_messages,
    liveIdleMs: claude.live_process_idle_seconds && claude.live_process_idle_seconds * 1000,
    startTimeoutMs: claude.start_timeout_seconds * 1000,
    firstEventTimeoutMs: claude.first_event_timeout_seconds * 1000,
    maxRetries: claude.max_retries,
    prices: toModelPrices(settings.models.prices),
    profiles: profiles.profiles,
    conversationTtlMs: settings.conversation.session_timeout_minutes * 60_000,
    ...(claude.work_root !== undefined && { workRoot: resolve(claude.work_root) }),
  });
  try {
    const server = await startServer({ settings, profiles, runner, logger, insight });
    const [health, model] = await Promise.all([runner.health(), modelToTry(runner, longestWaitForModelsMs)]);
    const keys = Object.keys(address.api_keys);
    const isExposed = keys.length === 0 && !isLoopback(address.host);
    print(welcomeText({ url: server.url, cli, health, version: ownVersion(), profiles, model, keys, isExposed }));
    return server;
  } catch (error) {
    await runner.close();
    throw error;
  }
}
