import * as z from 'zod';
import { commandsOf } from './commands-of.ts';

const commandInput = z.looseObject({ command: z.string() });
const urlInput = z.looseObject({ url: z.string() });

/**
 * Whether a rule names this use of a tool. Of a line of Bash each command must be named, by whatever rule. What a rule says of other
 * tools is left to the CLI; that there is one matters here.
 *
 * @param rules As the CLI takes them: `Bash`, `Bash(git *)`, `Bash(npm run:*)`, `WebFetch(domain:example.com)`.
 */
export function isNamedByRule(tool: string, input: unknown, rules: readonly string[]): boolean {
  const contents = rules.map(parseRule).flatMap((rule) => (rule?.tool === tool ? [rule.content] : []));
  if (contents.some((content) => content === '' || content === '*')) return true;
  if (contents.length === 0) return false;
  if (tool === 'Bash') {
    const given = commandInput.safeParse(input);
    const commands = given.success ? commandsOf(given.data.command) : undefined;
    return commands?.every((command) => contents.some((content) => matchesCommand(command, content))) === true;
  }
  if (tool !== 'WebFetch') return true;
  const host = hostOf(input);
  return host !== undefined && contents.some((content) => matchesHost(host, content));
}

function parseRule(rule: string): { readonly tool: string; readonly content: string } | undefined {
  const [, tool, content = ''] = /^([\w-]+)(?:\((.*)\))?$/s.exec(rule.trim()) ?? [];
  return tool === undefined ? undefined : { tool, content };
}

/** `git *` and `git:*` are for `git` alone too. */
function matchesCommand(command: string, content: string): boolean {
  const pattern = content.endsWith(':*') ? `${content.slice(0, -2)} *` : content;
  if (pattern.endsWith(' *') && command === pattern.slice(0, -2)) return true;
  return matchesPattern(command, pattern);
}

function matchesHost(host: string, content: string): boolean {
  return content.startsWith('domain:') && matchesPattern(host, content.slice('domain:'.length).toLowerCase());
}

/** An asterisk stands for anything, but for one after a backslash. */
function matchesPattern(text: string, pattern: string): boolean {
  const parts = pattern.split(/(?<!\\)\*/).map((part) => part.replaceAll('\\*', '*'));
  const [first = '', ...others] = parts;
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let position = first.length;
  for (const part of others) {
    const found = text.indexOf(part, position);
    if (found === -1) return false;
    position = found + part.length;
  }
  return position <= text.length - last.length;
}

function hostOf(input: unknown): string | undefined {
  const given = urlInput.safeParse(input);
  if (!given.success || !URL.canParse(given.data.url)) return undefined;
  return new URL(given.data.url).hostname;
}
