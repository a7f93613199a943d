import type { ProfileSettings } from './profile-schema.ts';

const mask = '********';

/** Of an MCP server nothing but these is never a secret; tokens are found in arguments and addresses too. */
const open = new Set(['type', 'command', 'cwd']);

/** A profile as it may be shown: what could be a secret of its MCP servers is masked, their names and kinds are not. */
export function maskProfile(profile: ProfileSettings): ProfileSettings {
  const servers = Object.entries(profile.mcp_servers).map(([name, server]): [string, typeof server] => [
    name,
    Object.fromEntries(Object.entries(server).map(([key, value]) => [key, open.has(key) ? value : masked(key, value)])),
  ]);
  return { ...profile, mcp_servers: Object.fromEntries(servers) };
}

function masked(key: string, value: unknown): unknown {
  if (key === 'url' && typeof value === 'string' && URL.canParse(value)) return `${new URL(value).origin}/${mask}`;
  if (Array.isArray(value)) return value.map(() => mask);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.keys(value).map((name) => [name, mask]));
  return mask;
}
