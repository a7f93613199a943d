import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The word that stands in every planted file. */
export const plantedWord = 'PLANTED-ZEBRA';

/** Fills a directory with all that an operator's Claude Code would read there; whatever is run touches `marker`. */
export async function plantOperatorFiles(directory: string, marker: string): Promise<void> {
  const run = { type: 'command', command: `echo ${plantedWord} | tee -a '${marker}'` };
  const events = ['SessionStart', 'SessionEnd', 'UserPromptSubmit', 'Stop', 'PreToolUse', 'PostToolUse', 'Notification', 'Setup'];
  const settings = {
    hooks: Object.fromEntries(events.map((event) => [event, [{ matcher: '', hooks: [run] }]])),
    env: { PLANTED: plantedWord, ANTHROPIC_CUSTOM_HEADERS: `x-planted: ${plantedWord}` },
    statusLine: run,
    apiKeyHelper: `echo ${plantedWord} | tee -a '${marker}'`,
    outputStyle: plantedWord,
    language: plantedWord,
    enableAllProjectMcpServers: true,
  };
  const mcpServers = { planted: { command: 'sh', args: ['-c', `echo ${plantedWord} >> '${marker}'; cat`] } };
  const withFrontMatter = `---\nname: planted\ndescription: ${plantedWord}\n---\n${plantedWord}\n`;
  const files: Record<string, string> = {
    'CLAUDE.md': plantedWord,
    'CLAUDE.local.md': plantedWord,
    'AGENTS.md': plantedWord,
    '.mcp.json': JSON.stringify({ mcpServers }),
    '.claude.json': JSON.stringify({
      mcpServers,
      hasCompletedOnboarding: true,
      projects: { [directory]: { hasTrustDialogAccepted: true, mcpServers } },
    }),
    '.claude/CLAUDE.md': plantedWord,
    '.claude/rules/planted.md': plantedWord,
    '.claude/settings.json': JSON.stringify(settings),
    '.claude/settings.local.json': JSON.stringify(settings),
    '.claude/commands/planted.md': withFrontMatter,
    '.claude/agents/planted.md': withFrontMatter,
    '.claude/skills/planted/SKILL.md': withFrontMatter,
    '.claude/output-styles/planted.md': withFrontMatter,
  };
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
}
