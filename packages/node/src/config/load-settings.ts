import { readFileSync } from 'node:fs';
import { parse as parseToml, TomlError } from 'smol-toml';
import { defaultSettingsFile } from './default-settings-file.ts';
import type { GivenSetting } from './given-setting.ts';
import { listSettings, type SettingDescription } from './list-settings.ts';
import { settingsSchema, type Settings } from './settings-schema.ts';
import { SettingsError } from './settings-error.ts';
import { toSettingsError } from './to-settings-error.ts';

export interface SettingsSources {
  /** A TOML file that must exist. Default: `config/local.toml`, if it exists. */
  readonly file?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** From the command line, by key: `server.port` to its text. */
  readonly flags: Readonly<Record<string, string>>;
}

const prefix = 'CLAUDE_CODE__';

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
    if (settingOf(key, known) === undefined) throw new SettingsError(`Unknown setting '${key}' in ${source}.${suggestion(key, known)}`);
    // A schema passes it over, as if it had not been given.
    if (isTable(value) && Object.hasOwn(value, '__proto__')) throw new SettingsError(`Unknown setting '${key}.__proto__' in ${source}.`);
    const end = key.indexOf('.');
    (tree[key.slice(0, end)] ??= {})[key.slice(end + 1)] = value;
  }
  const result = settingsSchema.safeParse(tree);
  if (result.success) return result.data;
  throw toSettingsError(result.error, given, known);
}

/** The setting that a key stands for; every name is one of a profile. */
function settingOf(key: string, known: ReadonlyMap<string, SettingDescription>): SettingDescription | undefined {
  return known.get(key) ?? (key.startsWith('profiles.') && key !== 'profiles.__proto__' ? known.get('profiles.NAME') : undefined);
}

function fromFile(file: string | undefined): [string, GivenSetting][] {
  const path = file ?? defaultSettingsFile;
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
        ? Object.entries(values).map(([name, value]): [string, GivenSetting] => [`${section}.${name}`, { value, source: path }])
        : [[section, { value: values, source: path }] satisfies [string, GivenSetting]],
    );
  } catch (error) {
    throw new SettingsError(`The settings file '${path}' is not valid TOML: ${tomlProblem(error)}`);
  }
}

/** Without the lines that the parser quotes: they may hold secrets. */
function tomlProblem(error: unknown): string {
  const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return error instanceof TomlError ? `${message} (line ${error.line}, column ${error.column})` : message;
}

function fromEnvironment(
  environment: SettingsSources['environment'],
  known: ReadonlyMap<string, SettingDescription>,
): [string, GivenSetting][] {
  return Object.entries(environment).flatMap(([variable, text]) => {
    if (!variable.startsWith(prefix) || text === undefined) return [];
    const key = variable.slice(prefix.length).toLowerCase().replace('__', '.');
    return [[key, { value: toValue(text, settingOf(key, known)), source: `the variable ${variable}` }] satisfies [string, GivenSetting]];
  });
}

function fromFlags(flags: SettingsSources['flags'], known: ReadonlyMap<string, SettingDescription>): [string, GivenSetting][] {
  return Object.entries(flags).map(([key, text]) => [key, { value: toValue(text, settingOf(key, known)), source: `the flag --${key}` }]);
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
