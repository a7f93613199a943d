const shells: ReadonlySet<string> = new Set(['Bash', 'PowerShell', 'Monitor']);

/** Whether a profile has a tool that runs commands. */
export function hasShell({ tools }: { readonly tools: readonly string[] }): boolean {
  return tools.some((tool) => shells.has(tool));
}
