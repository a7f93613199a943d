import { SettingsError } from '../config/settings-error.ts';
import type { ProfileSettings } from '../config/profile-schema.ts';
import type { McpServer } from '../runner/profile/agent-profile.ts';
import { loadMcpConfig } from './load-mcp-config.ts';
import { toMcpDefinition } from './to-mcp-definition.ts';

export interface McpServersOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The whole name of a field of the profile: `profiles.agent.mcp_tools` for `mcp_tools`. */
  readonly keyOf: (field: keyof ProfileSettings) => string;
}

/** @throws {SettingsError} For a file or a server that is not valid, or for an allow-list of tools of a server that there is not. */
export function toMcpServers(profile: ProfileSettings, { environment, keyOf }: McpServersOptions): Record<string, McpServer> {
  const file = profile.mcp_config_file;
  const allowed = profile.mcp_tools;
  const fromFile = Object.entries(file === undefined ? {} : loadMcpConfig(file)).map(([name, server]) => ({
    name,
    server,
    label: `The MCP server '${name}' in '${file}'`,
  }));
  const fromSettings = Object.entries(profile.mcp_servers).map(([name, server]) => ({
    name,
    server,
    label: `The MCP server '${name}' in '${keyOf('mcp_servers')}'`,
  }));
  // Where two have one name, the second counts.
  const all = new Map([...fromFile, ...fromSettings].map((each) => [each.name, each]));
  for (const name of Object.keys(allowed)) {
    if (!all.has(name))
      throw new SettingsError(`Setting '${keyOf('mcp_tools')}' names the MCP server '${name}', which the profile does not have.`);
  }
  return Object.fromEntries(
    [...all.values()].map(({ name, server, label }) => [
      name,
      {
        definition: toMcpDefinition(server, { environment, label }),
        allowedTools: Object.hasOwn(allowed, name) ? allowed[name] : undefined,
        startTimeoutMs: toMilliseconds(profile.mcp_start_timeout_seconds),
        callTimeoutMs: toMilliseconds(profile.mcp_call_timeout_seconds),
      },
    ]),
  );
}

function toMilliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.ceil(seconds * 1000);
}
