import { existsSync } from 'node:fs';
import type { ProfileSettings } from '../config/profile-schema.ts';
import { SettingsError } from '../config/settings-error.ts';
import { type AgentProfile, hasShell } from '../runner/profile/agent-profile.ts';
import { toExistingDirectory } from './to-existing-directory.ts';
import { toMcpServers, type McpServersOptions } from './to-mcp-servers.ts';

export interface AgentProfileOptions extends McpServersOptions {
  /** Absolute paths that no tool may reach. */
  readonly protectedPaths: readonly string[];
  readonly mcpDebug: boolean;
  /** Whether the server runs as root. */
  readonly isRoot: boolean;
  /** Why there is no sandbox on this machine; undefined when there is. */
  readonly sandboxProblem: () => string | undefined;
}

/**
 * What the runner is told of a profile. Relative paths are taken from the server's working directory. Directories to be opened that are
 * not there are passed over, see `missingDirectoriesOf`.
 *
 * @throws {SettingsError} For a working directory that does not exist, an MCP server that is not valid, permissions skipped as root, or a
 * sandbox that does not work here.
 */
export function toAgentProfile(profile: ProfileSettings, options: AgentProfileOptions): AgentProfile {
  const { keyOf } = options;
  if (profile.permission_mode === 'bypassPermissions' && options.isRoot) {
    throw new SettingsError(
      `Setting '${keyOf('permission_mode')}' can't skip permissions: this server runs as root, where nothing would hold Claude back, and Claude Code refuses that. Run the server as another user, or keep permissions and say in a profile's 'allow' what may be done.`,
    );
  }
  const workingDirectory = profile.working_directory;
  return {
    tools: profile.tools,
    disallowedTools: profile.disallowed_tools,
    workingDirectory: workingDirectory === undefined ? undefined : toExistingDirectory(workingDirectory, keyOf('working_directory')),
    additionalDirectories: profile.additional_dirs
      .filter((path) => existsSync(path))
      .map((path) => toExistingDirectory(path, keyOf('additional_dirs'))),
    protectedPaths: options.protectedPaths,
    permissionMode: profile.permission_mode,
    allow: profile.allow,
    deny: profile.deny,
    sandbox: toSandbox(profile, options),
    mcpServers: toMcpServers(profile, options),
    mcpStrict: profile.mcp_strict,
    mcpDebug: options.mcpDebug,
    systemPrompt: profile.system_prompt === 'claude_code' ? 'claude-code' : 'none',
    appendSystemPrompt: profile.append_system_prompt,
    settingSources: profile.setting_sources,
    maxTurns: profile.max_turns,
    maxBudgetUsd: profile.max_budget_usd,
  };
}

function toSandbox(profile: ProfileSettings, { keyOf, sandboxProblem }: AgentProfileOptions): AgentProfile['sandbox'] {
  const isUnlimited = profile.permission_mode === 'bypassPermissions';
  if (profile.sandbox === false || !hasShell(profile) || (profile.sandbox === undefined && isUnlimited)) return undefined;
  const problem = sandboxProblem();
  if (problem === undefined) return { network: profile.sandbox_network };
  if (profile.sandbox === true) throw new SettingsError(`Setting '${keyOf('sandbox')}' can't be had. ${problem}`);
  return undefined;
}
