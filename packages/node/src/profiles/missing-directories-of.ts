import { existsSync } from 'node:fs';
import type { Settings } from '../config/settings-schema.ts';

/** The directories to be opened that are not there, with the settings that name them. */
export function missingDirectoriesOf(
  settings: Pick<Settings, 'file_access' | 'profiles'>,
): { readonly key: string; readonly path: string }[] {
  const named = [
    { key: 'file_access.additional_dirs', paths: settings.file_access.additional_dirs },
    ...Object.entries(settings.profiles).map(([name, profile]) => ({
      key: `profiles.${name}.additional_dirs`,
      paths: profile.additional_dirs,
    })),
  ];
  return named.flatMap(({ key, paths }) => paths.flatMap((path) => (existsSync(path) ? [] : [{ key, path }])));
}
