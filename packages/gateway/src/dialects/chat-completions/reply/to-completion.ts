import { addUsage, noUsage } from '../../../turn/usage.ts';
import type { Activity } from '../../../turn/fold-turn.ts';
import type { TurnEnd } from '../../../turn/turn-event.ts';
import { systemFingerprint, type CompletionIdentity } from '../../openai/completion-identity.ts';
import type { Choice, GatheredTurn } from './gather-turn.ts';
import { toCompletionUsage, type CompletionUsage } from '../../openai/to-completion-usage.ts';

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
  /** What an agent did, where the request wants to know; of several choices with the choice's index. */
  readonly activity?: readonly (Activity & { readonly index?: number })[];
  /** US dollars, where they are known. */
  readonly cost_usd?: number;
  /** The limit that ended a choice. */
  readonly limit?: NonNullable<TurnEnd['limit']>;
}

export interface CompletionExtras {
  readonly conversationId: string | undefined;
  /** Whether the activity of agents is told. */
  readonly tellsActivity: boolean;
}

/** Makes one completion of turns that ran side by side. */
export function toCompletion(turns: readonly GatheredTurn[], identity: CompletionIdentity, extras: CompletionExtras): ChatCompletion {
  return {
    id: identity.id,
    object: 'chat.completion',
    created: identity.created,
    model: turns[0]?.answer.model ?? '',
    choices: turns.map((turn) => turn.choice),
    usage: toCompletionUsage(turns.map(({ answer }) => answer.usage).reduce(addUsage, noUsage)),
    service_tier: 'default',
    system_fingerprint: systemFingerprint,
    ...(extras.conversationId !== undefined && { conversation_id: extras.conversationId }),
    ...(extras.tellsActivity && toActivityFields(turns)),
  };
}

function toActivityFields(turns: readonly GatheredTurn[]): Pick<ChatCompletion, 'activity' | 'cost_usd' | 'limit'> {
  const answers = turns.map(({ answer }) => answer);
  const costs = answers.flatMap(({ costUsd }) => costUsd ?? []);
  const limit = answers.find(({ end }) => end?.limit !== undefined)?.end?.limit;
  return {
    activity: answers.flatMap(({ activities }, index) =>
      answers.length === 1 ? activities : activities.map((each) => ({ index, ...each })),
    ),
    ...(costs.length > 0 && { cost_usd: costs.reduce((sum, cost) => sum + cost, 0) }),
    ...(limit !== undefined && { limit }),
  };
}
