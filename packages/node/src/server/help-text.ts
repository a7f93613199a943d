import { listProfileFields } from '../config/list-profile-fields.ts';
import { listSettings } from '../config/list-settings.ts';

/** What `claude-code-api --help` prints. */
export function helpText(): string {
  const settings = listSettings().map(
    (setting) =>
      `  --${setting.key} <${setting.type}>\n      ${setting.description}\n      ${setting.variable}${setting.defaultValue === undefined ? '' : `, default ${setting.defaultValue}`}`,
  );
  const fields = listProfileFields().map(
    ({ name, type, description, defaultValue }) =>
      `  ${name} <${type}>\n      ${description}${defaultValue === undefined ? '' : `\n      default ${defaultValue}`}`,
  );
  return `Usage: claude-code-api [options]

Serves Claude Code as an OpenAI-compatible API.

Options:
  --config <file>     Settings as TOML; default config/local.toml, if it exists
  --print-config      Print the settings in effect, secrets masked, and exit
  --version           Print the version and exit
  --help              Print this and exit

Settings, by flag or by environment variable; values other than text are JSON:
${settings.join('\n')}

Settings of a profile:
${fields.join('\n')}
`;
}
