import type { AgentProfile } from '../profile/agent-profile.ts';
import type { CliLauncher } from '../process/cli-launcher.ts';

const defaultStartTimeoutMs = 30_000;

/** The environment of a CLI that works for a profile, made of that of the pure model's. */
export function agentEnvironment(
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
