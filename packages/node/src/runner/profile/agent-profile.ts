/** What Claude may do in the turns of a profile, beyond answering. One that allows nothing is the pure model. */
export interface AgentProfile {
  /** Built-in tools by their names, for instance `Read`, `Bash`. None by default. */
  readonly tools: readonly string[];
  /** Tools, or rules such as `Bash(rm *)`, that are never to be used, whatever else allows them. */
  readonly disallowedTools: readonly string[];
  /** An absolute path; undefined: a fresh directory for each conversation, kept as long as the conversation. */
  readonly workingDirectory: string | undefined;
  /** Absolute paths of more directories that tools may reach. */
  readonly additionalDirectories: readonly string[];
  /** Absolute paths that tools may never reach, wherever they are: settings, secrets, stored conversations. */
  readonly protectedPaths: readonly string[];
  /** What the CLI allows by itself. @see https://code.claude.com/docs/en/permission-modes */
  readonly permissionMode: 'default' | 'acceptEdits' | 'plan' | 'dontAsk' | 'bypassPermissions';
  /** Rules of what is allowed without asking, for instance `Bash(git *)`, `WebFetch(domain:example.com)`. Whatever is asked for is denied. */
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** Around each command; undefined: commands run as the server's user. */
  readonly sandbox: Sandbox | undefined;
  readonly mcpServers: Readonly<Record<string, McpServer>>;
  /** Whether a turn fails when one of its MCP servers does not start. */
  readonly mcpStrict: boolean;
  /** Whether the CLI's messages about its MCP servers are logged. */
  readonly mcpDebug: boolean;
  /** Whether Claude Code's own system prompt comes before the caller's. */
  readonly systemPrompt: 'none' | 'claude-code';
  /** Text after the system prompt. Empty for none. */
  readonly appendSystemPrompt: string;
  /** The operator's settings files that the CLI reads. None by default. */
  readonly settingSources: readonly ('user' | 'project' | 'local')[];
  /** Model requests in one turn, at most. */
  readonly maxTurns: number | undefined;
  /** US dollars for one turn, at most. */
  readonly maxBudgetUsd: number | undefined;
}

/** Claude Code's own sandbox, by bubblewrap: commands reach the profile's directories, and no network but what is named. */
export interface Sandbox {
  /** Hosts that commands may reach, for instance `registry.npmjs.org`, `*.example.com`. */
  readonly network: readonly string[];
}

/** An MCP server in the form of the standard `mcpServers` JSON, variables expanded. */
export interface McpServer {
  /** What the CLI is given. */
  readonly definition: Readonly<Record<string, unknown>>;
  /** Its tools that may be used; undefined: all. */
  readonly allowedTools: readonly string[] | undefined;
  /** The longest wait for its start, in milliseconds. */
  readonly startTimeoutMs: number | undefined;
  /** The longest wait for one call, in milliseconds. */
  readonly callTimeoutMs: number | undefined;
}

const shells: ReadonlySet<string> = new Set(['Bash', 'PowerShell', 'Monitor']);

/** Whether a profile has a tool that runs commands. */
export function hasShell({ tools }: { readonly tools: readonly string[] }): boolean {
  return tools.some((tool) => shells.has(tool));
}
