import { parameters } from '../../packages/gateway/src/dialects/chat-completions/parameters.ts';
import type { FieldDescription } from '../../packages/node/src/config/list-fields.ts';
import { listKeyFields } from '../../packages/node/src/config/list-key-fields.ts';
import { listProfileFields } from '../../packages/node/src/config/list-profile-fields.ts';
import { listSettings } from '../../packages/node/src/config/list-settings.ts';

/** The README's tables, by the name in the comments around them: `<!-- parameters -->`. */
const readmeTables = {
  parameters: parametersTable,
  settings: settingsTable,
  key: () => fieldsTable(listKeyFields()),
  profile: () => fieldsTable(listProfileFields()),
};

function parametersTable(): string {
  const rows = Object.entries(parameters).map(([name, { support, note }]) => [`\`${name}\``, support, note]);
  return toTable(['parameter', 'support', 'how'], rows);
}

function settingsTable(): string {
  const rows = listSettings().map(({ key, defaultValue, description }) => [
    `\`${key}\``,
    defaultValue === undefined ? '' : `\`${defaultValue}\``,
    description,
  ]);
  return toTable(['setting', 'default', 'what it does'], rows);
}

function fieldsTable(fields: readonly FieldDescription[]): string {
  const rows = fields.map(({ name, defaultValue, description }) => [
    `\`${name}\``,
    defaultValue === undefined ? '' : `\`${defaultValue}\``,
    description,
  ]);
  return toTable(['setting', 'default', 'what it does'], rows);
}

function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(toCell).join(' | ')} |`).join('\n');
}

function toCell(text: string): string {
  return text.replaceAll('|', String.raw`\|`);
}

/**
 * Puts the tables between their comments.
 *
 * @throws {Error} When a table's comments are not there.
 */
export function withTables(readme: string): string {
  let text = readme;
  for (const [name, toText] of Object.entries(readmeTables)) {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const from = text.indexOf(begin);
    const to = text.indexOf(end);
    if (from === -1 || to < from) throw new Error(`README.md has no ${begin} … ${end}.`);
    text = `${text.slice(0, from + begin.length)}\n${toText()}\n${text.slice(to)}`;
  }
  return text;
}
