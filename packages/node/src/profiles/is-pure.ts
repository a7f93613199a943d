import type { AgentProfile } from '../runner/profile/agent-profile.ts';

/** Whether a profile adds nothing to the pure model, so that any process will do for it. */
export function isPure(profile: AgentProfile): boolean {
  return (
    profile.tools.length === 0 &&
    Object.keys(profile.mcpServers).length === 0 &&
    profile.systemPrompt === 'none' &&
    profile.appendSystemPrompt === '' &&
    profile.settingSources.length === 0 &&
    profile.maxTurns === undefined &&
    profile.maxBudgetUsd === undefined
  );
}
