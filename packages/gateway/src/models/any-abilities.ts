import type { ModelAbilities } from '../ports/claude-runner.ts';

/** The abilities assumed of a model of which nothing is known: it is asked all that callers ask, and the API refuses what it does not take. */
export const anyAbilities: ModelAbilities = {
  thinking: 'either',
  thinkingCanBeDisabled: false,
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
  outputFormat: true,
  forcedTools: true,
  begunAnswers: true,
  sampling: 'all',
};
