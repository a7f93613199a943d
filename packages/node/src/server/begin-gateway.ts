import type { ClaudeRunner, Logger, McpConnector } from '@claude-code-api/gateway';
import { parseSettings, type SettingsInput } from '../config/load-settings.ts';
import type { Settings } from '../config/settings-schema.ts';
import { createInsight, type NodeInsight } from '../insight/create-insight.ts';
import { createLogger } from '../log/create-logger.ts';
import { secretsOf } from '../log/secrets-of.ts';
import { openApiRunner } from '../machines/open-api-runner.ts';
import { openRemoteRunner } from '../machines/open-remote-runner.ts';
import { resolveProfiles, type ResolvedProfiles } from '../profiles/resolve-profiles.ts';
import { readStoredLogin } from '../runner/cli/cli-login.ts';
import type { CliRunnerOptions } from '../runner/cli-runner-options.ts';
import type { Driver } from '@claude-code-api/gateway/stores';
import type { OpenGatewayOptions } from './open-gateway.ts';
import { openCliRunner } from './open-cli-runner.ts';
import { toRunnerOptions } from './to-runner-options.ts';

/** What a server is given beside its settings. */
export interface ServerOptions<Runner extends ClaudeRunner = ClaudeRunner> {
  /** What the environment of Claude Code is chosen from, and what `${VAR}` stands for in MCP servers. No setting is read from it. Default: the process's. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The file that the settings are from, which no tool may read. Default: `config/local.toml`. */
  readonly settingsFile?: string | undefined;
  /** Where to write what happens. Default: JSON lines on standard error, from `log.level` on, secrets masked. */
  readonly logger?: Logger | undefined;
  /** Where conversations and cached answers are kept, in the place of what `storage` says. Another server must not use it at the same time. */
  readonly storageDriver?: Driver | undefined;
  /** More for the CLI runner, before what the settings say. With a `cli`, none is looked for. Default: nothing. */
  readonly cliRunner?: Partial<Omit<CliRunnerOptions, 'logger' | 'insight'>> | undefined;
  /** What connects to MCP servers that requests name, in the place of what `server.allow_mcp_urls` says. It stays open. */
  readonly mcp?: McpConnector | undefined;
  /** What runs the turns, in the place of the CLI. It is closed with the server, and stays open when that can't start. Default: the CLI runner. */
  readonly runner?: Runner | undefined;
}

/** What a server was made of. */
export interface BegunGateway<Runner extends ClaudeRunner = ClaudeRunner> {
  /** The settings that were given, and the defaults for the rest. */
  readonly settings: Settings;
  readonly profiles: ResolvedProfiles;
  readonly runner: Runner;
}

/** Makes of settings what a gateway is made of, and begins it; nothing is left where it can't begin. */
export async function beginGateway<Begun>(
  given: SettingsInput,
  options: ServerOptions,
  start: (parts: OpenGatewayOptions) => Promise<Begun>,
): Promise<Begun & BegunGateway> {
  const settings = parseSettings(given);
  const { environment = process.env, storageDriver } = options;
  const isElsewhere = settings.claude.runner !== 'cli';
  const profiles = resolveProfiles(settings, { environment, settingsFile: options.settingsFile, isElsewhere });
  const secrets = secretsOf(readStoredLogin(environment).environment, settings);
  const logger = options.logger ?? createLogger({ level: settings.log.level, secrets });
  const insight = createInsight();
  let own: ClaudeRunner | undefined;
  try {
    const runner = options.runner ?? (own = await openRunner(settings, { ...options, environment, profiles, logger, insight }));
    const begun = await start({ settings, profiles, runner, logger, insight, storageDriver, mcp: options.mcp });
    return { ...begun, settings, profiles, runner };
  } catch (error) {
    insight.close();
    await own?.close();
    throw error;
  }
}

interface RunnerParts extends Required<Pick<ServerOptions, 'environment'>>, Pick<ServerOptions, 'cliRunner'> {
  readonly profiles: ResolvedProfiles;
  readonly logger: Logger;
  readonly insight: NodeInsight;
}

/** What runs the turns, as `claude.runner` says. */
async function openRunner(settings: Settings, parts: RunnerParts): Promise<ClaudeRunner> {
  const { environment, cliRunner, profiles, logger, insight } = parts;
  const { runner } = settings.claude;
  if (runner === 'cli') return openCliRunner(settings, { environment, cliRunner, profiles, logger, insight });
  const { prices = {} } = toRunnerOptions(settings, profiles);
  if (runner === 'remote') return openRemoteRunner(settings, { prices, logger, insight });
  return openApiRunner(settings, { environment, hasPowers: profiles.defaultProfile !== undefined, prices });
}
