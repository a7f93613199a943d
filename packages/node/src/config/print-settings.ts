import { stringify } from 'smol-toml';
import { listSettings } from './list-settings.ts';
import { maskKey } from './mask-key.ts';
import { maskProfile } from './mask-profile.ts';
import type { Settings } from './settings-schema.ts';

const mask = '********';

/** The settings as TOML that could be a settings file, with secrets masked. */
export function printSettings(settings: Settings): string {
  const secret = new Set(listSettings().flatMap((setting) => (setting.secret ? [setting.key] : [])));
  const { profiles, ...sections } = { ...settings, server: { ...settings.server, api_keys: mapValues(settings.server.api_keys, maskKey) } };
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
