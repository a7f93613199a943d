import { resolve } from 'node:path';
import { SettingsError } from '../config/settings-error.ts';
import { expandVariables } from './expand-variables.ts';
import type { McpServerSettings } from '../config/mcp-servers-schema.ts';

export interface McpDefinitionOptions {
  /** What variables stand for. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** For people: `MCP server 'github' in 'mcp_config.json'`. */
  readonly label: string;
}

/**
 * What the CLI is given for an MCP server: variables expanded, and a directory to start in, which the CLI knows nothing of. Without
 * a `cwd` that is the gateway's own: in an agent's directory, what the agent wrote there could be run in the server's place.
 *
 * @throws {SettingsError} For a variable that is not set, or an address that is none. No value is told.
 */
export function toMcpDefinition(
  server: McpServerSettings,
  { environment, label }: McpDefinitionOptions,
): Readonly<Record<string, unknown>> {
  const expand = (text: string): string =>
    expandVariables(text, environment, (name) => {
      throw new SettingsError(`${label} needs the environment variable ${name}, which is not set. Set it, or write \${${name}:-default}.`);
    });
  const expandAll = (texts: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, expand(text)]));

  const { type, command, args = [], env = {}, cwd, url, headers = {}, ...rest } = server;
  if (command === undefined || (type !== undefined && type !== 'stdio')) {
    const address = expand(url ?? '');
    if (!/^https?:/.test(address) || !URL.canParse(address))
      throw new SettingsError(`${label} has a url that is no http or https address.`);
    return { ...rest, type: type === 'sse' ? 'sse' : 'http', url: address, headers: expandAll(headers) };
  }
  const directory = resolve(cwd === undefined ? '.' : expand(cwd));
  const started = startedIn(directory, expand(command), args.map(expand));
  return { ...rest, type: 'stdio', ...started, env: expandAll(env) };
}

/** The CLI starts its servers in the agent's directory; a shell moves first, and then is the server. */
function startedIn(directory: string, command: string, args: readonly string[]): { command: string; args: readonly string[] } {
  if (process.platform === 'win32') return { command, args };
  return { command: '/bin/sh', args: ['-c', 'cd "$0" && exec "$@"', directory, command, ...args] };
}
