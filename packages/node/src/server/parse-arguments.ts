import { parseArgs } from 'node:util';
import { listSettings } from '../config/list-settings.ts';
import { SettingsError } from '../config/settings-error.ts';

export interface CommandLine {
  readonly action: 'serve' | 'help' | 'version' | 'print-config';
  readonly file: string | undefined;
  /** Settings by key. */
  readonly flags: Readonly<Record<string, string>>;
}

/** @throws {SettingsError} For a flag that does not exist, or one without its value. */
export function parseArguments(argv: readonly string[]): CommandLine {
  // Profiles have names of the operator's.
  const profiles = argv.flatMap((argument) => /^--(profiles\.[^=]+)/.exec(argument)?.[1] ?? []);
  const keys = [...listSettings().map((setting) => setting.key), ...profiles];
  const settings = Object.fromEntries(keys.map((key) => [key, { type: 'string' as const }]));
  const own = {
    config: { type: 'string' },
    'print-config': { type: 'boolean' },
    version: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  let values: Readonly<Record<string, string | boolean | undefined>>;
  try {
    ({ values } = parseArgs({ args: [...argv], options: { ...settings, ...own }, strict: true, allowPositionals: false }));
  } catch (error) {
    throw new SettingsError(`${error instanceof Error ? error.message : String(error)}\nclaude-code-api --help lists the flags.`);
  }
  const { config, 'print-config': printConfig, version, help, ...rest } = values;
  const flags = Object.fromEntries(Object.entries(rest).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  const action = help === true ? 'help' : version === true ? 'version' : printConfig === true ? 'print-config' : 'serve';
  return { action, file: typeof config === 'string' ? config : undefined, flags };
}
