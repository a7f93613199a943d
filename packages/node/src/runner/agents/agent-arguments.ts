import type { AgentProfile } from '../profile/agent-profile.ts';
import { clientServerName } from '../session/client-tools.ts';
import { mcpToolName } from '../permissions/mcp-tools.ts';

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
