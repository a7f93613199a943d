import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes the commands that bring a login to a private file: where the CLI itself looks for them, so that it can tell of them.
 *
 * @returns The arguments that name it for turns.
 */
export function writeLoginHelpers(configDirectory: string, helpers: Readonly<Record<string, string>>): readonly string[] {
  if (Object.keys(helpers).length === 0) return [];
  const file = join(configDirectory, 'settings.json');
  writeFileSync(file, JSON.stringify(helpers), { mode: 0o600 });
  return ['--settings', file];
}
