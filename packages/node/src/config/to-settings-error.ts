import type * as z from 'zod';
import type { GivenSetting } from './given-setting.ts';
import { listProfileFields } from './list-profile-fields.ts';
import type { SettingDescription } from './list-settings.ts';
import { SettingsError } from './settings-error.ts';

type Issue = z.core.$ZodIssue;

const mask = '********';

/** Says all that is wrong with settings: each key with its value and where that came from. Secrets are not shown. */
export function toSettingsError(
  error: z.ZodError,
  given: ReadonlyMap<string, GivenSetting>,
  known: ReadonlyMap<string, SettingDescription>,
): SettingsError {
  const lines = error.issues.flatMap((issue) => {
    const key = issue.path.slice(0, 2).join('.');
    const from = given.get(key) ?? { value: undefined, source: 'nowhere' };
    if (issue.path[0] === 'profiles') return profileLines(issue, from);
    const value = known.get(key)?.secret === true ? mask : JSON.stringify(from.value);
    return [`Setting '${key}' has the wrong value ${value} (from ${from.source}): ${issue.message}.`];
  });
  return new SettingsError(lines.join('\n'));
}

function profileLines(issue: Issue, { value, source }: GivenSetting): string[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const fields = listProfileFields().map(({ name }) => name);
    return issue.keys.map(
      (name) =>
        `Unknown setting '${[...path, name].join('.')}' with the value ${shown([...path, name], value)} in ${source}. Those of a profile are: ${fields.join(', ')}.`,
    );
  }
  // The name is what is wrong, not what it stands for.
  if (issue.code === 'invalid_key') {
    return [`Setting '${path.join('.')}' (from ${source}) has a wrong name: ${issue.issues.map(({ message }) => message).join(', ')}.`];
  }
  return [`Setting '${path.join('.')}' has the wrong value ${shown(path, value)} (from ${source}): ${issue.message}.`];
}

/** A value within a profile, but for those that can hold secrets: whole profiles, and whatever has to do with MCP servers. */
function shown(path: readonly string[], profile: unknown): string {
  const [, , field = 'mcp', ...rest] = path;
  const found = [field, ...rest].reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), profile);
  const plain = !isObject(found) || (Array.isArray(found) && !found.some(isObject));
  return field.startsWith('mcp') || !plain ? mask : JSON.stringify(found);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
