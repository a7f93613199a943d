import { readFileSync } from 'node:fs';
import { parse as parseToml } from 'smol-toml';
import type * as z from 'zod';
import { listSettings, type SettingDescription } from './list-settings.ts';
import { settingsSchema, type Settings } from './settings-schema.ts';
import { SettingsError } from './settings-error.ts';

export interface SettingsSources {
  /** A TOML file that must exist. Default: `config/local.toml`, if it exists. */
  readonly file?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** From the command line, by key: `server.port` to its text. */
  readonly flags: Readonly<Record<string, string>>;
}

const defaultFile = 'config/local.toml';
const prefix = 'CLAUDE_CODE__';

interface Given {
  readonly value: unknown;
  /** For people: `config/local.toml`, `CLAUDE_CODE__SERVER__PORT`, `--server.port`. */
  readonly source: string;
}

/**
 * Brings the settings together: defaults, then the file, then the environment, then the flags.
 *
 * @throws {SettingsError} For an unknown key or a wrong value, naming the key, the value and where it came from.
 */
export function loadSettings(sources: SettingsSources): Settings {
  const known = new Map(listSettings().map((setting) => [setting.key, setting]));
  const given = new Map([...fromFile(sources.file), ...fromEnvironment(sources.environment, known), ...fromFlags(sources.flags, known)]);
  const tree: Record<string, Record<string, unknown>> = {};
  for (const [key, { value, source }] of given) {
    if (!known.has(key)) throw new SettingsError(`Unknown setting '${key}' in ${source}.${suggestion(key, known)}`);
    const [section = '', name = ''] = key.split('.');
    (tree[section] ??= {})[name] = value;
  }
  const result = settingsSchema.safeParse(tree);
  if (result.success) return result.data;
  throw toSettingsError(result.error, given, known);
}

function toSettingsError(
  error: z.ZodError,
  given: ReadonlyMap<string, Given>,
  known: ReadonlyMap<string, SettingDescription>,
): SettingsError {
  const lines = error.issues.map((issue) => {
    const key = issue.path.slice(0, 2).join('.');
    const from = given.get(key);
    const value = known.get(key)?.secret === true ? '********' : JSON.stringify(from?.value);
    return `Setting '${key}' has the wrong value ${value} (from ${from?.source ?? 'nowhere'}): ${issue.message}.`;
  });
  return new SettingsError(lines.join('\n'));
}

function fromFile(file: string | undefined): [string, Given][] {
  const path = file ?? defaultFile;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (file === undefined && error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new SettingsError(`The settings file '${path}' can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    return Object.entries(parseToml(text)).flatMap(([section, values]) =>
      isTable(values)
        ? Object.entries(values).map(([name, value]): [string, Given] => [`${section}.${name}`, { value, source: path }])
        : [[section, { value: values, source: path }] satisfies [string, Given]],
    );
  } catch (error) {
    throw new SettingsError(`The settings file '${path}' is not valid TOML: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function fromEnvironment(environment: SettingsSources['environment'], known: ReadonlyMap<string, SettingDescription>): [string, Given][] {
  return Object.entries(environment).flatMap(([variable, text]) => {
    if (!variable.startsWith(prefix) || text === undefined) return [];
    const key = variable.slice(prefix.length).toLowerCase().replace('__', '.');
    return [[key, { value: toValue(text, known.get(key)), source: `the variable ${variable}` }] satisfies [string, Given]];
  });
}

function fromFlags(flags: SettingsSources['flags'], known: ReadonlyMap<string, SettingDescription>): [string, Given][] {
  return Object.entries(flags).map(([key, text]) => [key, { value: toValue(text, known.get(key)), source: `the flag --${key}` }]);
}

/** Text stays text where the setting is text; everything else is JSON. What is neither shows up as a wrong value. */
function toValue(text: string, setting: SettingDescription | undefined): unknown {
  if (setting === undefined || setting.type === 'string' || setting.type.includes(' | ')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function suggestion(key: string, known: ReadonlyMap<string, SettingDescription>): string {
  const name = key.split('.').at(-1) ?? key;
  const near = [...known.keys()].filter((each) => each.endsWith(`.${name}`) || each.split('.')[0] === key.split('.')[0]);
  return near.length === 0
    ? ` The sections are: ${[...new Set([...known.keys()].map((each) => each.split('.')[0]))].join(', ')}.`
    : ` Did you mean one of: ${near.join(', ')}?`;
}
