import { stringify } from 'smol-toml';
import { listSettings } from './list-settings.ts';
import { maskProfile } from './mask-profile.ts';
import type { Settings } from './settings-schema.ts';

const mask = '********';

/** The settings as TOML that could be a settings file, with secrets masked. */
export function printSettings(settings: Settings): string {
  const secret = new Set(listSettings().flatMap((setting) => (setting.secret ? [setting.key] : [])));
  const { profiles, ...sections } = settings;
  const shown = Object.fromEntries(
    Object.entries(sections).map(([section, values]) => [
      section,
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, secret.has(`${section}.${name}`) ? mask : value])),
    ]),
  );
  return stringify({ ...shown, profiles: Object.fromEntries(Object.entries(profiles).map(([name, value]) => [name, maskProfile(value)])) });
}
