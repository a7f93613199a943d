import type { TurnField } from '../../../turn/turn.ts';

const names: Readonly<Record<TurnField, string>> = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  seed: 'seed',
  thinking: 'reasoning.effort',
  messages: 'input',
  tools: 'tools',
  outputSchema: 'text.format',
};

/** The body's own name of a field. */
export function nameOf(field: TurnField): string {
  return names[field];
}
