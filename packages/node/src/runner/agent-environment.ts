import type { AgentProfile } from './agent-profile.ts';

const defaultStartTimeoutMs = 30_000;

/** The environment of a CLI that works for a profile, made of that of the pure model's. */
export function agentEnvironment(environment: Readonly<Record<string, string>>, profile: AgentProfile): Record<string, string> {
  const startTimeouts = Object.values(profile.mcpServers).map(({ startTimeoutMs }) => startTimeoutMs ?? defaultStartTimeoutMs);
  return {
    ...environment,
    // The CLI knows one limit for all servers; that of a call is in each server's definition.
    ...(startTimeouts.length > 0 && { MCP_TIMEOUT: String(Math.max(...startTimeouts)) }),
  };
}
