import type { Logger } from '@claude-code-api/gateway';
import * as z from 'zod';
import type { RunnerInsight } from '../process/runner-insight.ts';
import type { AgentProfile } from '../profile/agent-profile.ts';
import type { CliControlRequest } from '../process/cli-message.ts';
import { denialReasons, kindOfTool, type DenialKind } from './denial-kind.ts';
import { objectionTo, type Permissions } from './objection-to.ts';

export interface PermissionPolicyOptions {
  readonly profileName: string;
  readonly profile: AgentProfile;
  readonly insight?: RunnerInsight | undefined;
  readonly logger: Logger;
}

/** What a process has besides its profile. */
export interface PermissionContext extends Omit<Permissions, 'profile'> {
  /** The request that it works for, for the log. */
  readonly requestId?: string | undefined;
}

/**
 * Answers what the CLI asks before it uses a tool. A hook has it ask about each use, since it lets commands pass that it takes for
 * harmless: whatever no rule names is denied, but for file tools. What it asks again has no permission by the profile's mode,
 * directories and rules: so then the answer is always no, with a reason that the model can work with.
 */
export interface PermissionPolicy {
  /** What `initialize` must say, so that the CLI asks. */
  readonly initialize: object;
  /** The answer to a request of the CLI's; undefined when the request is of another kind. */
  answer(request: CliControlRequest, context?: PermissionContext): object | undefined;
  /** Whether the policy has refused this use of a tool. */
  hasDenied(toolUseId: string): boolean;
  /** Takes note of a tool that did not run: the policy or a rule has refused it. */
  note(toolUseId: string, tool: string, requestId?: string): void;
  /** How many uses of tools were denied since the start. */
  readonly denials: number;
}

const asked = z.looseObject({
  subtype: z.literal('can_use_tool'),
  tool_name: z.string(),
  tool_use_id: z.string().optional(),
  decision_reason_type: z.string().optional(),
  blocked_path: z.string().optional(),
});

const hooked = z.looseObject({
  subtype: z.literal('hook_callback'),
  input: z.looseObject({ tool_name: z.string(), tool_input: z.unknown().optional(), tool_use_id: z.string().optional() }),
});

/** In some versions of the CLI a hook that fails, or takes longer than its `timeout` in seconds, lets the tool pass: so it has a day. */
const hook = { hookCallbackIds: ['every-tool'], timeout: 86_400, onFailure: 'block' };
const maxRemembered = 1000;

export function createPermissionPolicy({ profileName, profile, insight, logger }: PermissionPolicyOptions): PermissionPolicy {
  const told = new Set<string>();
  let denials = 0;

  function log(tool: string, kind: DenialKind, requestId: string | undefined): void {
    logger.info({ profile: profileName, tool, kind, ...(requestId !== undefined && { requestId }) }, 'a tool was not permitted');
  }

  function remember(toolUseId: string | undefined): void {
    if (toolUseId === undefined) return;
    told.add(toolUseId);
    // A turn that is cut off never says that the tool did not run.
    for (const oldest of told) if (told.size > maxRemembered) told.delete(oldest);
  }

  return {
    initialize: { hooks: { PreToolUse: [hook] } },

    answer({ request }, context = {}) {
      const question = asked.safeParse(request);
      if (question.success) {
        const kind = kindOf(question.data);
        log(question.data.tool_name, kind, context.requestId);
        remember(question.data.tool_use_id);
        return { behavior: 'deny', message: denialReasons[kind] };
      }
      const call = hooked.safeParse(request);
      // A hook that is not understood must not let the tool pass.
      if (!call.success) return request.subtype === 'hook_callback' ? decision('deny', 'other') : undefined;
      const { tool_name: tool, tool_input: input, tool_use_id: toolUseId } = call.data.input;
      const kind = objectionTo({ tool, input }, { profile, ...context });
      if (kind === undefined) return {};
      // In these modes the CLI then asks us, and our denial reaches the model word for word. In other modes something else may answer.
      if (profile.permissionMode === 'default' || profile.permissionMode === 'acceptEdits') return decision('ask', kind);
      log(tool, kind, context.requestId);
      remember(toolUseId);
      return decision('deny', kind);
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

function kindOf(question: z.infer<typeof asked>): DenialKind {
  const isOutside = question.decision_reason_type === 'workingDir' || question.blocked_path !== undefined;
  return isOutside && question.tool_name !== 'Bash' ? 'outside' : kindOfTool(question.tool_name);
}

function decision(permissionDecision: 'ask' | 'deny', kind: DenialKind): object {
  return { hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision, permissionDecisionReason: denialReasons[kind] } };
}
