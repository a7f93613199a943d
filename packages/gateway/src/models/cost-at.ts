import type { ClaudeRunner } from '../ports/claude-runner.ts';
import type { Usage } from '../turn/usage.ts';
import { costOf } from './cost-of.ts';

/** What so many tokens of a model cost, by any of its names, in US dollars: as the runner reckons, else by the prices of the models that it lists. */
export async function costAt(runner: Pick<ClaudeRunner, 'models' | 'costOf'>, model: string, usage: Usage): Promise<number | undefined> {
  // The names of models are known once these are.
  const models = await runner.models();
  const told = runner.costOf?.(model, usage);
  if (told !== undefined) return told;
  const prices = models.find(({ id, resolvedId }) => id === model || resolvedId === model)?.prices;
  return prices && costOf(usage, prices);
}
