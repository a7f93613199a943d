import { parseArgs } from 'node:util';
import { listSettings } from '../config/list-settings.ts';
import { nearestNames } from '../config/nearest-names.ts';
import { SettingsError } from '../config/settings-error.ts';

export type CommandLine = CommandAction & {
  readonly file: string | undefined;
  /** Settings by key. */
  readonly flags: Readonly<Record<string, string>>;
};

type CommandAction =
  | { readonly action: 'serve' | 'help' | 'help-settings' | 'version' | 'print-config' | 'doctor' | 'runner' | 'create-runner-token' }
  /** `name` is that of the new key. */
  | { readonly action: 'create-key'; readonly name: string };

/** @throws {SettingsError} For a flag or a command that does not exist, or one without its value. */
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
  checkFlags(argv, Object.keys({ ...settings, ...own }));
  let values: Readonly<Record<string, string | boolean | undefined>>;
  let positionals: readonly string[];
  try {
    ({ values, positionals } = parseArgs({ args: [...argv], options: { ...settings, ...own }, strict: true, allowPositionals: true }));
  } catch (error) {
    throw unusable(error instanceof Error ? error.message : String(error));
  }
  const { config, 'print-config': printConfig, version, help, ...rest } = values;
  const flags = Object.fromEntries(Object.entries(rest).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  const file = typeof config === 'string' ? config : undefined;
  if (help === true) return { action: positionals[0] === 'settings' ? 'help-settings' : 'help', file, flags };
  if (version === true) return { action: 'version', file, flags };
  const command = toCommand(positionals);
  if (printConfig !== true) return { ...command, file, flags };
  if (command.action !== 'serve') throw unusable(`--print-config does not go with '${command.action}'.`);
  return { action: 'print-config', file, flags };
}

function toCommand([command, ...operands]: readonly string[]): CommandAction {
  const [name, ...more] = operands;
  if (command === undefined) return { action: 'serve' };
  if (command === 'create-key') {
    if (name === undefined) throw unusable("The command 'create-key' needs a name for the key.");
    if (more.length === 0) return { action: 'create-key', name };
  } else if (command === 'doctor' || command === 'runner' || command === 'create-runner-token') {
    if (name === undefined) return { action: command };
  } else throw unusable(`There is no command '${command}'.${commandMeant(command)}`);
  throw unusable(`The command '${command}' does not take as much: '${operands.join(' ')}'.`);
}

/** @throws {SettingsError} For a flag that there is not, with what may be meant by it. */
function checkFlags(argv: readonly string[], known: readonly string[]): void {
  for (const [index, argument] of argv.entries()) {
    const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(argument) ?? [];
    if (argument === '--') return;
    if (name === undefined || known.includes(name)) continue;
    const next = argv[index + 1];
    const given = value === undefined ? (next === undefined || next.startsWith('-') ? '' : ` ${next}`) : `=${value}`;
    const meant = nearestNames(name, known).map((each) => `--${each}${given}`);
    throw unusable(`There is no flag '--${name}'.${meant.length === 0 ? '' : ` Did you mean ${meant.join(' or ')}?`}`);
  }
}

function commandMeant(command: string): string {
  if (/^(serve|start|run|server)$/i.test(command)) return ' Without a command it serves.';
  if (/^[\w.]+=/.test(command)) return ` Did you mean --${command}?`;
  const [meant] = nearestNames(command, ['create-key', 'create-runner-token', 'doctor', 'runner']);
  if (command === 'help' || command === 'version') return ` Did you mean --${command}?`;
  return meant === undefined ? '' : ` Did you mean '${meant}'?`;
}

function unusable(problem: string): SettingsError {
  return new SettingsError(`${problem}\nclaude-code-api --help lists the commands and flags.`);
}
