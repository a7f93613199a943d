import type { ModelAbilities } from '../ports/claude-runner.ts';

/** Those of a model of which nothing is known: it is asked what the caller asks, and the API knows better. */
export const anyAbilities: ModelAbilities = {
  thinking: 'either',
  thinkingCanBeDisabled: false,
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
  outputFormat: true,
  forcedTools: true,
  begunAnswers: true,
  sampling: 'all',
};
