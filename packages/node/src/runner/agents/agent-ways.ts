import type { GatewayError } from '@claude-code-api/gateway';
import { unlistedTools } from '../permissions/mcp-tools.ts';
import type { PermissionPolicy } from '../permissions/permission-policy.ts';
import { readAllowRules } from '../permissions/read-allow-rules.ts';
import type { CliInit } from '../process/cli-message.ts';
import type { CliProcess } from '../process/cli-process.ts';
import type { AgentProfile } from '../profile/agent-profile.ts';
import type { PreparedTurn } from '@claude-code-api/gateway/messages-api';
import { toFlagSettings, toSystemPrompt } from '../request/turn-for-cli.ts';
import { type AgentTurnReader, type AgentTurnReaderOptions, createAgentTurnReader } from '../response/agent-turn-reader.ts';
import type { SessionWays } from '../session/session-ways.ts';

export interface AgentWaysOptions extends Pick<AgentTurnReaderOptions, 'priceOf' | 'cliRetries'> {
  readonly profile: AgentProfile;
  readonly policy: PermissionPolicy;
  /** Is told before each turn how the MCP servers are. An error that it returns fails the turn. */
  readonly onInit: (init: CliInit, requestId: string | undefined) => GatewayError | undefined;
}

/** How one process works as an agent. */
export function createAgentWays(cli: Pick<CliProcess, 'control'>, options: AgentWaysOptions): SessionWays {
  const { profile, policy } = options;
  let toolNames: ReadonlySet<string> = new Set();
  let rules: readonly string[] = [];
  let hidden: readonly string[] | undefined;
  /** The reader of the last turn. */
  let reader: AgentTurnReader | undefined;

  return {
    hasOwnTools: true,
    // Its limits count from its start.
    singleTurn: profile.maxBudgetUsd !== undefined,
    onInit: options.onInit,
    initialize(turn) {
      toolNames = new Set(turn.tools.map((tool) => tool.name));
      return { ...systemPromptOf(turn, profile), ...policy.initialize };
    },
    async settings(turn) {
      // The model is shown no tool that the list of an MCP server leaves out: one that a rule denies as a whole is not shown.
      hidden ??= await unlistedTools(cli, profile.mcpServers);
      return { ...toFlagSettings(turn, { ownTools: true }), ...(hidden.length > 0 && { permissions: { deny: hidden } }) };
    },
    async prepare() {
      // Settings files of the operator's have rules of their own.
      if (profile.settingSources.length > 0) rules = await readAllowRules(cli);
    },
    answer: (request, requestId) => policy.answer(request, { requestId, callersTools: toolNames, rules }),
    read(turn, spending) {
      reader = createAgentTurnReader({
        ...{ model: turn.model, priceOf: options.priceOf, cliRetries: options.cliRetries, toolNames },
        openCalls: reader?.openCalls ?? new Map(),
        lastTextOnly: turn.outputSchema !== undefined,
        costBefore: reader?.cost ?? 0,
        onUsage: spending && ((usage, costUsd) => spending.used(usage, costUsd)),
        hasDenied: (id) => policy.hasDenied(id),
        onDenied: (id, tool) => policy.note(id, tool, turn.requestId),
      });
      return reader;
    },
  };
}

function systemPromptOf({ system }: PreparedTurn, { systemPrompt, appendSystemPrompt }: AgentProfile): object {
  const text = [toSystemPrompt(system), appendSystemPrompt].filter((part) => part !== '').join('\n\n');
  if (systemPrompt === 'none') return { systemPrompt: text === '' ? [] : [text] };
  return text === '' ? {} : { appendSystemPrompt: text };
}
