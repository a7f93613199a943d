import type { Logger } from '@claude-code-api/gateway';
import * as z from 'zod';
import type { RunnerInsight } from '../insight/runner-insight.ts';
import type { AgentProfile } from './agent-profile.ts';
import type { CliControlRequest } from './cli-message.ts';
import { mcpToolName } from './mcp-tool-name.ts';

export interface PermissionPolicyOptions {
  readonly profileName: string;
  readonly profile: AgentProfile;
  readonly insight?: RunnerInsight | undefined;
  readonly logger: Logger;
}

/**
 * Answers what the CLI asks before it uses a tool. It asks for whatever the profile's mode, tools, directories and rules do not
 * allow: so the answer is always no, with a reason that the model can work with. To be allowed is to have a rule.
 */
export interface PermissionPolicy {
  /** What `initialize` must say, so that the CLI asks for what it would let pass in some modes. */
  readonly initialize: object;
  /** The answer to a request of the CLI's; undefined when the request is of another kind. */
  answer(request: CliControlRequest, requestId?: string): object | undefined;
  /** Whether the policy has refused this use of a tool. */
  hasDenied(toolUseId: string): boolean;
  /** Takes note of a tool that did not run: the policy or a rule has refused it. */
  note(toolUseId: string, tool: string, requestId?: string): void;
  /** As many tools did not run since the start. */
  readonly denials: number;
}

type Kind = 'outside' | 'write' | 'command' | 'web' | 'mcp' | 'other' | 'rule';

const reasons: Readonly<Record<Kind, string>> = {
  outside: 'This is outside the directories that may be used on this server. Work with the files in them, or go on without.',
  write: 'Changing this file is not permitted on this server.',
  command: 'This command is not permitted on this server. Use another tool, or go on without.',
  web: 'This address is not permitted on this server.',
  mcp: 'This tool is not permitted on this server.',
  other: 'This is not permitted on this server.',
  rule: 'This is not permitted on this server.',
};

const toolKinds: Readonly<Record<string, Kind>> = {
  Write: 'write',
  Edit: 'write',
  NotebookEdit: 'write',
  Bash: 'command',
  WebFetch: 'web',
  WebSearch: 'web',
};

const asked = z.looseObject({
  subtype: z.literal('can_use_tool'),
  tool_name: z.string(),
  tool_use_id: z.string().optional(),
  decision_reason_type: z.string().optional(),
  blocked_path: z.string().optional(),
});

const hooked = z.looseObject({
  subtype: z.literal('hook_callback'),
  input: z.looseObject({ tool_name: z.string(), tool_use_id: z.string().optional() }),
});

const hookId = 'tools-of-servers';
const maxRemembered = 1000;

export function createPermissionPolicy({ profileName, profile, insight, logger }: PermissionPolicyOptions): PermissionPolicy {
  const permittedTools = listedTools(profile);
  const told = new Set<string>();
  let denials = 0;

  function log(tool: string, kind: Kind, requestId: string | undefined): void {
    logger.info({ profile: profileName, tool, kind, ...(requestId !== undefined && { requestId }) }, 'a tool was not permitted');
  }

  function remember(toolUseId: string | undefined): void {
    if (toolUseId === undefined) return;
    told.add(toolUseId);
    // A turn that is cut off never says that the tool did not run.
    for (const oldest of told) if (told.size > maxRemembered) told.delete(oldest);
  }

  return {
    // A mode that asks for nothing would let the tools pass that are not on a server's list.
    initialize: permittedTools.size === 0 ? {} : { hooks: { PreToolUse: [{ matcher: 'mcp__.*', hookCallbackIds: [hookId] }] } },

    answer({ request }, requestId) {
      const question = asked.safeParse(request);
      if (question.success) {
        const kind = kindOf(question.data);
        log(question.data.tool_name, kind, requestId);
        remember(question.data.tool_use_id);
        return { behavior: 'deny', message: reasons[kind] };
      }
      const hook = hooked.safeParse(request);
      if (!hook.success) return undefined;
      const { tool_name: tool, tool_use_id: toolUseId } = hook.data.input;
      const server = [...permittedTools.keys()].find((name) => tool.startsWith(`${name}__`));
      if (server === undefined || permittedTools.get(server)?.has(tool) === true) return {};
      log(tool, 'mcp', requestId);
      remember(toolUseId);
      return {
        hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'deny', permissionDecisionReason: reasons.mcp },
      };
    },

    hasDenied: (toolUseId) => told.has(toolUseId),

    note(toolUseId, tool, requestId) {
      denials += 1;
      insight?.toolDenied(profileName, tool);
      if (!told.delete(toolUseId)) log(tool, 'rule', requestId);
    },

    get denials() {
      return denials;
    },
  };
}

function kindOf(question: z.infer<typeof asked>): Kind {
  if (question.tool_name === 'Bash') return 'command';
  if (question.decision_reason_type === 'workingDir' || question.blocked_path !== undefined) return 'outside';
  if (question.tool_name.startsWith('mcp__')) return 'mcp';
  return toolKinds[question.tool_name] ?? 'other';
}

/** By the servers whose tools are listed, the names of those that may be used. */
function listedTools({ mcpServers }: AgentProfile): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    Object.entries(mcpServers).flatMap(([server, { allowedTools }]) =>
      allowedTools === undefined ? [] : [[mcpToolName(server), new Set(allowedTools.map((tool) => mcpToolName(server, tool)))]],
    ),
  );
}
