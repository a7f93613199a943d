import type { CliRunnerOptions } from '@claude-code-api/node';

type AgentProfile = NonNullable<CliRunnerOptions['profiles']>[string];

/** A profile that allows nothing but what is said. */
export function agentProfileOf(profile: Partial<AgentProfile> = {}): AgentProfile {
  return {
    tools: [],
    disallowedTools: [],
    workingDirectory: undefined,
    additionalDirectories: [],
    protectedPaths: [],
    permissionMode: 'default',
    allow: [],
    deny: [],
    mcpServers: {},
    mcpStrict: false,
    mcpDebug: false,
    systemPrompt: 'none',
    appendSystemPrompt: '',
    settingSources: [],
    maxTurns: undefined,
    maxBudgetUsd: undefined,
    ...profile,
  };
}
