import type { Reasoning, ReasoningEffort } from './reasoning.ts';

/** How hard to think as callers and settings say it, in the API's terms. */
export function toReasoning(effort: ReasoningEffort): Reasoning {
  if (effort === 'none') return { thinking: { type: 'off' } };
  return { effort: effort === 'minimal' ? 'low' : effort, thinking: { type: 'adaptive', display: 'summarized' } };
}
