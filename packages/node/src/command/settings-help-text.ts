import type { FieldDescription } from '../config/list-fields.ts';
import { listKeyFields } from '../config/list-key-fields.ts';
import { listProfileFields } from '../config/list-profile-fields.ts';
import { listSettings } from '../config/list-settings.ts';
import { formOfValue } from './form-of-value.ts';

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
