import type { AgentProfile } from '../profile/agent-profile.ts';
import { kindOfTool, type DenialKind } from './denial-kind.ts';
import { isNamedByRule } from './is-named-by-rule.ts';
import { mcpToolName } from './mcp-tools.ts';

export interface ToolUse {
  /** The tool's name to the CLI. */
  readonly tool: string;
  readonly input: unknown;
}

/** What a process may use. */
export interface Permissions {
  readonly profile: AgentProfile;
  /** The caller's tools, which the caller runs. None by default. */
  readonly callersTools?: ReadonlySet<string>;
  /** Rules of the operator's settings files. None by default. */
  readonly rules?: readonly string[];
}

/** The CLI itself holds these to the profile's directories. */
const fileTools = new Set(['Read', 'Glob', 'Grep', 'Write', 'Edit', 'NotebookEdit']);

/** These reach nothing but the conversation; what a subagent uses is asked about like all else. */
const innerTools = new Set([
  ...['Agent', 'Task', 'TaskOutput', 'TaskStop', 'TaskCreate', 'TaskGet', 'TaskList', 'TaskUpdate', 'TodoWrite'],
  ...['BashOutput', 'KillShell', 'EnterPlanMode', 'ExitPlanMode', 'ToolSearch', 'StructuredOutput'],
]);

/** Why a use of a tool is denied, whatever the CLI thinks of it: no rule names it. Undefined when the CLI may decide. */
export function objectionTo({ tool, input }: ToolUse, { profile, callersTools, rules = [] }: Permissions): DenialKind | undefined {
  // Whose it is can't always be told by its name.
  const servers = Object.entries(profile.mcpServers).filter(([name]) => tool.startsWith(`${mcpToolName(name)}__`));
  if (servers.length > 0) {
    const isListed = servers.every(([name, { allowedTools: names }]) => names?.some((each) => mcpToolName(name, each) === tool) ?? true);
    return isListed ? undefined : 'mcp';
  }
  if (profile.permissionMode === 'bypassPermissions') return undefined;
  if (fileTools.has(tool) || innerTools.has(tool) || callersTools?.has(tool) === true) return undefined;
  return isNamedByRule(tool, input, [...profile.allow, ...rules]) ? undefined : kindOfTool(tool);
}
