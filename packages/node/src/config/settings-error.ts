import type * as z from 'zod';
import { listKeyFields, listProfileFields, type SettingDescription } from './list-settings.ts';

/** A setting is wrong: the message is for whoever starts the server. */
export class SettingsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SettingsError';
  }
}

/** A setting as it was given. */
export interface GivenSetting {
  readonly value: unknown;
  /** For people: `config/local.toml`, `the variable CLAUDE_CODE__SERVER__PORT`, `the flag --server.port`. */
  readonly source: string;
}

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
    if (issue.path[0] === 'profiles') return tableLines(issue, from, profileTable);
    if (key === 'server.api_keys') return tableLines(issue, from, keyTable);
    const value = known.get(key)?.secret === true ? mask : JSON.stringify(from.value);
    const within = issue.path.slice(2).map((part) => `${String(part)}: `);
    return [`Setting '${key}' has the wrong value ${value} (from ${from.source}): ${within.join('')}${problemOf(issue)}.`];
  });
  return new SettingsError(lines.join('\n'));
}

/** Settings under a name of the operator's. */
interface Table {
  /** For people: `a profile`. */
  readonly of: string;
  readonly fields: () => readonly string[];
  /** A value as it may be shown, where the path leads to within what was given for its first two parts. */
  readonly shown: (path: readonly string[], given: unknown) => string;
}

const profileTable: Table = { of: 'a profile', fields: () => listProfileFields().map(({ name }) => name), shown: shownOfProfile };
const keyTable: Table = { of: 'a key', fields: () => listKeyFields().map(({ name }) => name), shown: shownOfKey };

function tableLines(issue: Issue, { value, source }: GivenSetting, table: Table): string[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(
      (name) =>
        `Unknown setting '${[...path, name].join('.')}' with the value ${table.shown([...path, name], value)} in ${source}. Those of ${table.of} are: ${table.fields().join(', ')}.`,
    );
  }
  // The name is what is wrong, not what it stands for.
  if (issue.code === 'invalid_key') {
    return [`Setting '${path.join('.')}' (from ${source}) has a wrong name: ${issue.issues.map(({ message }) => message).join(', ')}.`];
  }
  return [`Setting '${path.join('.')}' has the wrong value ${table.shown(path, value)} (from ${source}): ${problemOf(issue)}.`];
}

function problemOf(issue: Issue): string {
  const isNoList = issue.code === 'invalid_type' && issue.expected === 'array';
  return isNoList ? 'it must be a list, for instance ["a", "b"]' : issue.message.replace(/\.$/, '');
}

/** A value within a profile, but for those that can hold secrets: whole profiles, and whatever has to do with MCP servers. */
function shownOfProfile(path: readonly string[], profile: unknown): string {
  const [, , field = 'mcp', ...rest] = path;
  const found = valueAt([field, ...rest], profile);
  const plain = !isObject(found) || (Array.isArray(found) && !found.some(isObject));
  return field.startsWith('mcp') || !plain ? mask : JSON.stringify(found);
}

/** A value within a key, where nobody would put the key itself. */
function shownOfKey(path: readonly string[], keys: unknown): string {
  const [, , name = '', field = 'hash', ...rest] = path;
  const isOpen = field !== 'hash' && keyTable.fields().includes(field);
  return isOpen ? (JSON.stringify(valueAt([name, field, ...rest], keys)) ?? 'nothing') : mask;
}

function valueAt(path: readonly string[], table: unknown): unknown {
  return path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), table);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
