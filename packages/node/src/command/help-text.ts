import { listSettings, type FieldDescription, listKeyFields, listProfileFields } from '../config/list-settings.ts';

/** What most who start a server want to say. */
const common = new Set([
  'server.host',
  'server.port',
  'server.api_keys',
  'claude.command',
  'models.aliases',
  'storage.driver',
  'log.level',
]);

/** What `claude-code-api --help` prints: one screen. */
export function helpText(): string {
  const settings = listSettings().filter(({ key }) => common.has(key));
  return `Usage: claude-code-api [command] [options]

Commands:
  (none)               Serves Claude Code as an OpenAI-compatible API
  create-key <name>    Makes a key, prints it once, and says what belongs in the settings
  doctor               Checks this machine and the settings, and says how to mend what is wrong
  runner               Runs turns for servers on other machines, whose claude.runner is remote
  create-runner-token  Makes the token by which it knows them, and says what belongs in the settings

Options:
  --config <file>     Settings as TOML; default config/local.toml, if it exists
  --print-config      Print the settings in effect, secrets masked, and exit
  --version           Print the version and exit
  --help              Print this and exit
  --help settings     Print all settings and exit

Settings that are often needed:
${settings.map(({ key, type, defaultValue }) => `  ${`--${key} <${formOfValue(type)}>`.padEnd(54)}${defaultValue === undefined ? '' : `default ${defaultValue}`}`.trimEnd()).join('\n')}
`;
}

/** What `claude-code-api --help settings` prints. */
export function settingsHelpText(): string {
  const settings = listSettings().map(
    (setting) =>
      `  --${setting.key} <${formOfValue(setting.type)}>\n      ${setting.description}\n      ${setting.variable}${setting.defaultValue === undefined ? '' : `, default ${setting.defaultValue}`}`,
  );
  return `Settings, by flag or by environment variable, or in the settings file without the dashes; values other than text are JSON.
A list is JSON, such as '["a", "b"]', or one plain value.
${settings.join('\n')}

Settings of a key:
${toLines(listKeyFields())}

Settings of a profile:
${toLines(listProfileFields())}
`;
}

function toLines(fields: readonly FieldDescription[]): string {
  return fields
    .map(
      ({ name, type, description, defaultValue }) =>
        `  ${name} <${formOfValue(type)}>\n      ${description}${defaultValue === undefined ? '' : `\n      default ${defaultValue}`}`,
    )
    .join('\n');
}

/** What a value of a type looks like, for people. */
function formOfValue(type: string): string {
  if (type === 'array') return 'list';
  return type === 'object' ? 'JSON' : type;
}
