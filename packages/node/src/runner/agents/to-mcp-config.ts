import type { AgentProfile } from '../profile/agent-profile.ts';

/** The profile's MCP servers as the CLI reads them from a file; undefined for none. */
export function toMcpConfig({ mcpServers }: AgentProfile): string | undefined {
  const servers: Record<string, object> = {};
  for (const [name, { definition, callTimeoutMs }] of Object.entries(mcpServers)) {
    servers[name] = { ...definition, ...(callTimeoutMs !== undefined && { timeout: callTimeoutMs }) };
  }
  return Object.keys(servers).length === 0 ? undefined : JSON.stringify({ mcpServers: servers });
}
