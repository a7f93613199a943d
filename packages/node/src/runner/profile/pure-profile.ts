import type { AgentProfile } from './agent-profile.ts';

/** Allows nothing: what a profile that is made in code is made of, `{ ...pureProfile, tools: ['Read'] }`. */
export const pureProfile: AgentProfile = {
  tools: [],
  disallowedTools: [],
  workingDirectory: undefined,
  additionalDirectories: [],
  protectedPaths: [],
  permissionMode: 'default',
  allow: [],
  deny: [],
  sandbox: undefined,
  mcpServers: {},
  mcpStrict: false,
  mcpDebug: false,
  systemPrompt: 'none',
  appendSystemPrompt: '',
  settingSources: [],
  maxTurns: undefined,
  maxBudgetUsd: undefined,
};
