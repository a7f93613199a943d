import { parameterNotes as responseNotes } from '../../../packages/gateway/src/dialects/responses/request/parameter-notes.ts';
import { parameters as responseParameters } from '../../../packages/gateway/src/dialects/responses/request/parameters.ts';
import { parameterNotes as completionNotes } from '../../../packages/gateway/src/dialects/completions/parameter-notes.ts';
import { parameters as completionParameters } from '../../../packages/gateway/src/dialects/completions/parameters.ts';
import { parameterNotes } from '../../../packages/gateway/src/dialects/chat-completions/request/parameter-notes.ts';
import { parameters } from '../../../packages/gateway/src/dialects/chat-completions/request/parameters.ts';
import { parameterNotes as messagesNotes } from '../../../packages/gateway/src/dialects/messages/request/parameter-notes.ts';
import { parameters as messagesParameters } from '../../../packages/gateway/src/dialects/messages/request/parameters.ts';
import { type FieldDescription, listKeyFields, listProfileFields, listSettings } from '../../../packages/node/src/config/list-settings.ts';
import { cliVariables } from '../../../packages/node/src/runner/process/cli-variables.ts';

const otherMessagesParameters = ['others', 'native', 'passed on as they are: `service_tier`, `context_management`, new ones too'];

type Tables = Readonly<Record<string, () => string>>;

/** By file, the tables that are made from the code, by the name in the comments around them: `<!-- parameters -->`. */
export const madeTables: Readonly<Record<string, Tables>> = {
  'docs/api/chat-completions.md': { parameters: () => parametersTable(parameters, parameterNotes) },
  'docs/api/completions.md': { parameters: () => parametersTable(completionParameters, completionNotes) },
  'docs/api/messages.md': { parameters: () => parametersTable(messagesParameters, messagesNotes, otherMessagesParameters) },
  'docs/api/responses.md': { parameters: () => parametersTable(responseParameters, responseNotes) },
  'docs/settings.md': { settings: settingsTable, key: () => fieldsTable(listKeyFields()), profile: () => fieldsTable(listProfileFields()) },
  'docs/logins.md': { variables: variablesTable },
};

function variablesTable(): string {
  return toTable(
    ['for', 'variables'],
    cliVariables.map(({ what, names }) => [what, names.map((name) => `\`${name}\``).join(', ')]),
  );
}

type Parameters = Readonly<Record<string, { readonly support: string }>>;

/** @param others A row for what is not named. */
function parametersTable(all: Parameters, noted: Readonly<Record<string, string>>, ...others: readonly string[][]): string {
  const rows = Object.entries(all).map(([name, { support }]) => [`\`${name}\``, support, noted[name] ?? '']);
  return toTable(['parameter', 'support', 'how'], [...rows, ...others]);
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
export function withTables(page: string, tables: Tables): string {
  let text = page;
  for (const [name, toText] of Object.entries(tables)) {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const from = text.indexOf(begin);
    const to = text.indexOf(end);
    if (from === -1 || to < from) throw new Error(`The page has no ${begin} … ${end}.`);
    text = `${text.slice(0, from + begin.length)}\n${toText()}\n${text.slice(to)}`;
  }
  return text;
}
