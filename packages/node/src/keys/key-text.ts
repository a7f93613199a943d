import { defaultSettingsFile } from '../config/load-settings.ts';
import { keyNameSchema } from '../config/key-schema.ts';
import { SettingsError } from '../config/settings-error.ts';
import { createKey, hashKey } from './create-key.ts';

/**
 * Makes a key, and says what belongs where. Nothing is stored.
 *
 * @throws {SettingsError} For a name that a key can't have.
 */
export function keyText(name: string, settingsFile: string | undefined): string {
  const parsed = keyNameSchema.safeParse(name);
  if (!parsed.success)
    throw new SettingsError(`'${name}' can't be the name of a key: ${parsed.error.issues.map(({ message }) => message).join(', ')}.`);
  const key = createKey();
  return `The key '${name}', which is shown now and never again:

${key}

What belongs in ${settingsFile ?? defaultSettingsFile}, for the server to know it when it is started again:

[server.api_keys.${name}]
hash = "${hashKey(key)}"

claude-code-api --help settings lists the limits that it may have there.`;
}
