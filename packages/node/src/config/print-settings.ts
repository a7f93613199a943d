import { stringify } from 'smol-toml';
import { listSettings } from './list-settings.ts';
import type { Settings } from './settings-schema.ts';
import type { KeySettings } from './key-schema.ts';
import type { ProfileSettings } from './profile-schema.ts';

const mask = '********';

/** The fields of an MCP server that never hold a secret; arguments and addresses may. */
const open = new Set(['type', 'command', 'cwd']);

/** The settings as TOML that could be a settings file, with secrets masked. */
export function printSettings(settings: Settings): string {
  const secret = new Set(listSettings().flatMap((setting) => (setting.secret ? [setting.key] : [])));
  const { profiles, ...sections } = {
    ...settings,
    server: { ...settings.server, api_keys: mapValues(settings.server.api_keys, maskKey) },
  };
  const shown = Object.fromEntries(
    Object.entries(sections).map(([section, values]) => [
      section,
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, secret.has(`${section}.${name}`) ? mask : value])),
    ]),
  );
  return stringify({ ...shown, profiles: mapValues(profiles, maskProfile) });
}

function mapValues<Value>(record: Readonly<Record<string, Value>>, map: (value: Value) => Value): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}

/** A key as it may be shown. Its hash is no way in, but tells whether somebody has this key. */
function maskKey(key: KeySettings): KeySettings {
  return { ...key, hash: 'sha256:********' };
}

/** A profile as it may be shown: what could be a secret of its MCP servers is masked, their names and kinds are not. */
function maskProfile(profile: ProfileSettings): ProfileSettings {
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
