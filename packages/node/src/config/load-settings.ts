import { readFileSync } from 'node:fs';
import { parse as parseToml, TomlError } from 'smol-toml';
import type * as z from 'zod';
import { type GivenSetting, SettingsError, toSettingsError } from './settings-error.ts';
import { nearestNames } from './nearest-names.ts';
import { listSettings, type SettingDescription } from './list-settings.ts';
import { settingsSchema, type Settings } from './settings-schema.ts';

/** The settings file that is read when none is named, if it exists. */
export const defaultSettingsFile = 'config/local.toml';

/** Settings as they are in the file, by section; what is left out has its default. */
export type SettingsInput = z.input<typeof settingsSchema>;

/** Where settings come from. */
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
  const known = knownSettings();
  const { file, environment, flags } = sources;
  return toSettings(new Map([...fromFile(file), ...fromEnvironment(environment, known), ...fromFlags(flags, known)]), known);
}

/**
 * Takes settings as they would be in the file, section by section, with the defaults of what is left out.
 *
 * @throws {SettingsError} As `loadSettings`.
 */
export function parseSettings(settings: SettingsInput): Settings {
  return toSettings(new Map(fromTables(settings, 'the settings that were given')), knownSettings());
}

function knownSettings(): ReadonlyMap<string, SettingDescription> {
  return new Map(listSettings().map((setting) => [setting.key, setting]));
}

function toSettings(given: ReadonlyMap<string, GivenSetting>, known: ReadonlyMap<string, SettingDescription>): Settings {
  const tree: Record<string, Record<string, unknown>> = {};
  for (const [key, { value, source }] of given) {
    const setting = settingOf(key, known);
    if (setting === undefined) throw new SettingsError(`Unknown setting '${key}' in ${source}.${suggestion(key, source, known)}`);
    // A schema passes it over, as if it had not been given.
    if (isTable(value) && Object.hasOwn(value, '__proto__')) throw new SettingsError(`Unknown setting '${key}.__proto__' in ${source}.`);
    const end = key.indexOf('.');
    (tree[key.slice(0, end)] ??= {})[key.slice(end + 1)] = toList(value, setting);
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
    return fromTables(parseToml(text), path);
  } catch (error) {
    throw new SettingsError(`The settings file '${path}' is not valid TOML: ${tomlProblem(error)}`);
  }
}

function fromTables(tables: object, source: string): [string, GivenSetting][] {
  return Object.entries(tables).flatMap(([section, values]: [string, unknown]) =>
    isTable(values)
      ? Object.entries(values).map(([name, value]): [string, GivenSetting] => [`${section}.${name}`, { value, source }])
      : [[section, { value: values, source }] satisfies [string, GivenSetting]],
  );
}

/** What the parser says, without the lines that it quotes: they may hold secrets. */
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

/** One plain value stands for a list of it. What begins like a list is meant to be one. */
function toList(value: unknown, setting: SettingDescription): unknown {
  return setting.type === 'array' && typeof value === 'string' && /^[^[\s]/.test(value) ? [value] : value;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** What may have been meant, as it would be written there. */
function suggestion(key: string, source: string, known: ReadonlyMap<string, SettingDescription>): string {
  const inSection = [...known.keys()].filter((each) => each.split('.')[0] === key.split('.')[0]);
  const nearest = nearestNames(key, [...known.keys()]);
  const near = (nearest.length > 0 ? nearest : inSection).map((each) => {
    if (source.startsWith('the variable ')) return known.get(each)?.variable ?? each;
    return source.startsWith('the flag ') ? `--${each}` : each;
  });
  if (near.length > 0) return ` Did you mean ${near.length > 1 ? 'one of: ' : ''}${near.join(', ')}?`;
  return ` The sections are: ${[...new Set([...known.keys()].map((each) => each.split('.')[0]))].join(', ')}.`;
}
