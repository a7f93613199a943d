/** Why a tool may not be used. */
export type DenialKind = 'outside' | 'write' | 'command' | 'web' | 'mcp' | 'other' | 'rule';

/** What the model is told. */
export const denialReasons: Readonly<Record<DenialKind, string>> = {
  outside: 'This is outside the directories that may be used on this server. Work with the files in them, or go on without.',
  write: 'Changing this file is not permitted on this server.',
  command: 'This command is not permitted on this server. Run permitted ones one by one, use another tool, or go on without.',
  web: 'This address is not permitted on this server.',
  mcp: 'This tool is not permitted on this server.',
  other: 'This is not permitted on this server.',
  rule: 'This is not permitted on this server.',
};

const toolKinds: Readonly<Record<string, DenialKind>> = {
  Write: 'write',
  Edit: 'write',
  NotebookEdit: 'write',
  Bash: 'command',
  WebFetch: 'web',
  WebSearch: 'web',
};

export function kindOfTool(tool: string): DenialKind {
  return tool.startsWith('mcp__') ? 'mcp' : (toolKinds[tool] ?? 'other');
}
