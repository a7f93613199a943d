import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { SettingsError } from '../config/settings-error.ts';

/**
 * The absolute path of a directory that a setting names.
 *
 * @param key The setting, for people: `profiles.agent.working_directory`.
 * @throws {SettingsError} When there is no such directory.
 */
export function toExistingDirectory(path: string, key: string): string {
  const absolute = resolve(path);
  if (statSync(absolute, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new SettingsError(`Setting '${key}' names '${path}', which is no directory. Create it, or name another.`);
  }
  return absolute;
}
