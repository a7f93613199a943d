import { addUsage, noUsage } from '../../turn/usage.ts';
import { systemFingerprint, type CompletionIdentity } from './completion-identity.ts';
import type { Choice, GatheredTurn } from './gather-turn.ts';
import { toCompletionUsage, type CompletionUsage } from './to-completion-usage.ts';

export interface ChatCompletion {
  readonly id: string;
  readonly object: 'chat.completion';
  readonly created: number;
  readonly model: string;
  readonly choices: readonly Choice[];
  readonly usage: CompletionUsage;
  readonly service_tier: 'default';
  readonly system_fingerprint: string;
  /** The conversation that the turn is part of. */
  readonly conversation_id?: string;
}

/** Makes one completion of turns that ran side by side. */
export function toCompletion(turns: readonly GatheredTurn[], identity: CompletionIdentity, conversationId?: string): ChatCompletion {
  return {
    id: identity.id,
    object: 'chat.completion',
    created: identity.created,
    model: turns[0]?.model ?? '',
    choices: turns.map((turn) => turn.choice),
    usage: toCompletionUsage(turns.map((turn) => turn.usage).reduce(addUsage, noUsage)),
    service_tier: 'default',
    system_fingerprint: systemFingerprint,
    ...(conversationId !== undefined && { conversation_id: conversationId }),
  };
}
