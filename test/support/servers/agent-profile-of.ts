import { pureProfile, type AgentProfile } from '@claude-code-api/node';

/** A profile that allows nothing but what is said. */
export function agentProfileOf(profile: Partial<AgentProfile> = {}): AgentProfile {
  return { ...pureProfile, ...profile };
}
