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

/** Makes the token by which machines know a gateway, and says what belongs where. Nothing is stored. */
export function runnerTokenText(): string {
  const token = createKey();
  return `A token, which is shown now and never again. What belongs in the settings of the server that callers ask:

[claude]
runner = "remote"
machines = ["http://HOST:8091"]
runner_token = "${token}"

And in those of each machine, where \`claude-code-api runner\` runs its turns:

[machine]
token_hashes = ["${hashKey(token)}"]`;
}
