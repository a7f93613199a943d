import type { AgentProfile } from '../runner/profile/agent-profile.ts';

/** What a profile allows, for the log: nothing that could be a secret. */
export function summarizeProfile(profile: AgentProfile): Record<string, unknown> {
  return {
    tools: profile.tools,
    permissionMode: profile.permissionMode,
    allow: profile.allow,
    workingDirectory: profile.workingDirectory ?? 'fresh',
    additionalDirectories: profile.additionalDirectories,
    sandbox: profile.sandbox !== undefined,
    mcpServers: Object.keys(profile.mcpServers),
    settingSources: profile.settingSources,
  };
}
