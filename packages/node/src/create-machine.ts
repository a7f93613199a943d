import type { ClaudeRunner, Logger } from '@claude-code-api/gateway';
import { parseSettings, type SettingsInput } from './config/load-settings.ts';
import { createLogger } from './log/create-logger.ts';
import { secretsOf } from './log/secrets-of.ts';
import { resolveProfiles } from './profiles/resolve-profiles.ts';
import { readStoredLogin } from './runner/cli/cli-login.ts';
import type { CliRunnerOptions } from './runner/cli-runner-options.ts';
import type { RunnerState } from './runner/process/runner-insight.ts';
import { openCliRunner } from './server/open-cli-runner.ts';
import { startMachine, type RunningMachine } from './server/start-machine.ts';

/** What a machine is given beside its settings. */
export interface MachineOptions {
  /** See `ServerOptions`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** See `ServerOptions`. */
  readonly settingsFile?: string | undefined;
  /** Where to write what happens. Default: JSON lines on standard error, from `log.level` on, secrets masked. */
  readonly logger?: Logger | undefined;
  /** More for the CLI runner, before what the settings say. With a `cli`, none is looked for. Default: nothing. */
  readonly cliRunner?: Partial<Omit<CliRunnerOptions, 'logger' | 'insight'>> | undefined;
  /** What runs the turns, in the place of the CLI. Default: the CLI runner. */
  readonly runner?: ClaudeRunner | undefined;
}

/**
 * Starts a machine that runs turns for gateways, as `claude-code-api runner` does, and listens. It has no dialects and keeps no conversations.
 *
 * @param given As for `createServer`; the same settings may serve both.
 * @throws {SettingsError} For a wrong setting, a profile that can't be had on this machine, or without `machine.token_hashes`.
 * @throws {Error} When there is no CLI that could be used, or the address can't be had.
 */
export async function createMachine(given: SettingsInput = {}, options: MachineOptions = {}): Promise<RunningMachine> {
  const settings = parseSettings(given);
  const { environment = process.env, cliRunner } = options;
  const profiles = resolveProfiles(settings, { environment, settingsFile: options.settingsFile });
  const secrets = secretsOf(readStoredLogin(environment).environment, settings);
  const logger = options.logger ?? createLogger({ level: settings.log.level, secrets });
  let read: (() => Promise<RunnerState>) | undefined;
  const none = (): void => {};
  const insight = {
    ...{ processStarted: none, processFailed: none, turnRetried: none, toolDenied: none },
    watch: (readState: () => Promise<RunnerState>): void => void (read = readState),
  };
  const runner = options.runner ?? (await openCliRunner(settings, { environment, cliRunner, profiles, logger, insight }));
  try {
    return await startMachine({
      settings,
      runner,
      async processes() {
        const { idle = 0, live = 0 } = (await read?.())?.processes ?? {};
        return { warm: idle, live };
      },
      logger,
    });
  } catch (error) {
    if (options.runner === undefined) await runner.close();
    throw error;
  }
}
