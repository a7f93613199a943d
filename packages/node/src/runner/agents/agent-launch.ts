import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { denyRules } from '../permissions/deny-rules.ts';
import { mcpToolName } from '../permissions/mcp-tools.ts';
import { sandboxSettings } from '../permissions/sandbox-settings.ts';
import type { CircuitBreaker } from '../process/circuit-breaker.ts';
import type { CliLauncher, Launch } from '../process/cli-launcher.ts';
import type { AgentProfile } from '../profile/agent-profile.ts';
import { clientServerName } from '../session/client-tools.ts';
import { agentPlace } from './agent-place.ts';

export interface AgentLaunchOptions {
  readonly profile: AgentProfile;
  readonly launcher: CliLauncher;
  /** Where the processes of agents have what is their own. */
  readonly placesRoot: string;
  /** Absolute paths that this profile's tools may not reach, besides its own. */
  readonly protectedPaths: readonly string[];
  readonly breaker: CircuitBreaker;
}

/** How processes are started that work for a profile: in this directory, with all else of their own in a place that goes with them. */
export function createAgentLaunch(options: AgentLaunchOptions): (workingDirectory: string) => Launch {
  const { profile, launcher, placesRoot, breaker } = options;
  const environment = agentEnvironment(launcher, profile);
  const protectedPaths = [...profile.protectedPaths, ...options.protectedPaths];
  const mcpConfigFile = writeMcpConfig(options);

  return (workingDirectory) => {
    const { CLAUDE_CONFIG_DIR: configDirectory } = environment;
    const place = agentPlace({ root: placesRoot, configDirectory });
    const own = { ...environment, ...place.environment };
    const around = [
      { directory: placesRoot, way: [place.name] },
      { directory: launcher.configDirectory, way: ['projects', place.name] },
    ];
    return {
      arguments(resumeFile) {
        place.make();
        const sandbox = profile.sandbox && sandboxSettings({ profile, workingDirectory, protectedPaths, environment: own });
        const settings = { ...launcher.loginHelpers, ...(sandbox && { sandbox }) };
        const settingsFile = Object.keys(settings).length === 0 ? undefined : place.writeSettings(settings);
        return agentArguments({ profile, mcpConfigFile, denyRules: denyRules(protectedPaths, around), settingsFile, resumeFile });
      },
      environment: own,
      workingDirectory,
      breaker,
      runsCommands: true,
      onGone: () => place.remove(),
    };
  };
}

/** The definitions hold secrets: they go by way of a private file. */
function writeMcpConfig({ profile, launcher }: AgentLaunchOptions): string | undefined {
  const config = toMcpConfig(profile);
  if (config === undefined) return undefined;
  const file = join(launcher.secretsDirectory, `${randomUUID()}.json`);
  writeFileSync(file, config, { mode: 0o600 });
  return file;
}

export interface AgentArgumentsOptions {
  readonly profile: AgentProfile;
  /** A private file that holds the definitions of the MCP servers; undefined for none. Secrets are in there, never among the arguments. */
  readonly mcpConfigFile: string | undefined;
  /** Rules of what tools may never reach, besides the profile's. */
  readonly denyRules: readonly string[];
  /** A private file of settings; undefined for none. */
  readonly settingsFile?: string | undefined;
  readonly resumeFile?: string | undefined;
}

/** How the CLI is started for the turns of a profile: with its tools, directories and rules, and nothing else of the machine. */
export function agentArguments(options: AgentArgumentsOptions): string[] {
  const { profile, mcpConfigFile, settingsFile, resumeFile } = options;
  const denied = [...profile.disallowedTools, ...profile.deny, ...options.denyRules];
  return [
    '--print',
    ...['--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
    '--include-partial-messages',
    '--replay-user-messages',
    ...['--tools', profile.tools.join(',')],
    ...['--setting-sources', profile.settingSources.join(',')],
    '--strict-mcp-config',
    ...(mcpConfigFile === undefined ? [] : ['--mcp-config', mcpConfigFile]),
    '--no-session-persistence',
    '--disable-slash-commands',
    ...['--allowedTools', `mcp__${clientServerName}`, ...profile.allow, ...allowedMcpTools(profile)],
    ...(denied.length === 0 ? [] : ['--disallowedTools', ...denied]),
    ...(profile.additionalDirectories.length === 0 ? [] : ['--add-dir', ...profile.additionalDirectories]),
    ...permissionArguments(profile),
    ...(settingsFile === undefined ? [] : ['--settings', settingsFile]),
    ...(profile.maxTurns === undefined ? [] : ['--max-turns', String(profile.maxTurns)]),
    ...(profile.maxBudgetUsd === undefined ? [] : ['--max-budget-usd', String(profile.maxBudgetUsd)]),
    ...(resumeFile === undefined ? [] : ['--resume', resumeFile]),
  ];
}

/** Whatever is not allowed beforehand is asked for over the protocol, where the policy answers. */
function permissionArguments({ permissionMode }: AgentProfile): string[] {
  const prompts = ['--permission-prompt-tool', 'stdio'];
  if (permissionMode === 'bypassPermissions') return ['--dangerously-skip-permissions', ...prompts];
  return ['--permission-mode', permissionMode, ...prompts];
}

function allowedMcpTools({ mcpServers }: AgentProfile): string[] {
  return Object.entries(mcpServers).flatMap(([server, { allowedTools }]) =>
    allowedTools === undefined ? [mcpToolName(server)] : allowedTools.map((tool) => mcpToolName(server, tool)),
  );
}

const defaultStartTimeoutMs = 30_000;

/** The environment of a CLI that works for a profile, made of that of the pure model's. */
function agentEnvironment(
  { environment, operatorConfigDirectory }: Pick<CliLauncher, 'environment' | 'operatorConfigDirectory'>,
  profile: AgentProfile,
): Record<string, string> {
  const startTimeouts = Object.values(profile.mcpServers).map(({ startTimeoutMs }) => startTimeoutMs ?? defaultStartTimeoutMs);
  const { CLAUDE_CONFIG_DIR: pureModels, ...rest } = environment;
  // The user's own settings are where the user has them.
  const configDirectory = profile.settingSources.includes('user') ? operatorConfigDirectory : pureModels;
  return {
    ...rest,
    ...(configDirectory !== undefined && { CLAUDE_CONFIG_DIR: configDirectory }),
    // The CLI knows one limit for all servers; that of a call is in each server's definition.
    ...(startTimeouts.length > 0 && { MCP_TIMEOUT: String(Math.max(...startTimeouts)) }),
  };
}

/** The profile's MCP servers as the CLI reads them from a file; undefined for none. */
function toMcpConfig({ mcpServers }: AgentProfile): string | undefined {
  const servers: Record<string, object> = {};
  for (const [name, { definition, callTimeoutMs }] of Object.entries(mcpServers)) {
    servers[name] = { ...definition, ...(callTimeoutMs !== undefined && { timeout: callTimeoutMs }) };
  }
  return Object.keys(servers).length === 0 ? undefined : JSON.stringify({ mcpServers: servers });
}
