import { type Reasoning, toReasoning } from '../../../turn/reasoning.ts';
import type { ChatCompletionRequest } from './request-schema.ts';

type ReasoningKeys = Pick<ChatCompletionRequest, 'reasoning_effort' | 'reasoning' | 'thinking'>;

/** How a request asks the model to think; undefined when it does not say. */
export function toReasoningWish({ reasoning_effort, reasoning, thinking }: ReasoningKeys): Reasoning | undefined {
  const effort = reasoning_effort ?? reasoning?.effort ?? undefined;
  const byEffort = effort === undefined ? undefined : toReasoning(effort);
  if (!thinking) return byEffort;
  const own = byEffort?.effort === undefined ? {} : { effort: byEffort.effort };
  if (thinking.type === 'disabled') return { ...own, thinking: { type: 'off' } };
  return {
    ...own,
    thinking:
      thinking.type === 'adaptive' ? { type: 'adaptive', display: 'summarized' } : { type: 'budget', tokens: thinking.budget_tokens },
  };
}
