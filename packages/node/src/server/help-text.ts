import { listKeyFields } from '../config/list-key-fields.ts';
import type { FieldDescription } from '../config/list-fields.ts';
import { listProfileFields } from '../config/list-profile-fields.ts';
import { listSettings } from '../config/list-settings.ts';

/** What `claude-code-api --help` prints. */
export function helpText(): string {
  const settings = listSettings().map(
    (setting) =>
      `  --${setting.key} <${setting.type}>\n      ${setting.description}\n      ${setting.variable}${setting.defaultValue === undefined ? '' : `, default ${setting.defaultValue}`}`,
  );
  return `Usage: claude-code-api [command] [options]

Commands:
  (none)              Serves Claude Code as an OpenAI-compatible API
  create-key <name>   Makes a key, prints it once, and says what belongs in the settings
  doctor              Checks this machine and the settings step by step, and says how to mend what is wrong

Options:
  --config <file>     Settings as TOML; default config/local.toml, if it exists
  --print-config      Print the settings in effect, secrets masked, and exit
  --version           Print the version and exit
  --help              Print this and exit

Settings, by flag or by environment variable; values other than text are JSON:
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
        `  ${name} <${type}>\n      ${description}${defaultValue === undefined ? '' : `\n      default ${defaultValue}`}`,
    )
    .join('\n');
}
