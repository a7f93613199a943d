import type { ClaudeRunner, ModelPrice } from '../ports/claude-runner.ts';
import type { Usage } from '../turn/usage.ts';

/** What one request cost, in US dollars. */
export function costOf(usage: Usage, price: ModelPrice): number {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, cacheWriteHourTokens, outputTokens } = usage;
  const { longPrompt } = price;
  const isLong = longPrompt !== undefined && inputTokens + cacheReadTokens + cacheWriteTokens > longPrompt.above;
  const { input, output, cacheRead = input * 0.1, cacheWrite = input * 1.25, cacheWriteHour = input * 2 } = isLong ? longPrompt : price;
  const perMillion =
    inputTokens * input +
    outputTokens * output +
    cacheReadTokens * cacheRead +
    (cacheWriteTokens - cacheWriteHourTokens) * cacheWrite +
    cacheWriteHourTokens * cacheWriteHour;
  return perMillion / 1_000_000;
}

/** What so many tokens of a model cost, by any of its names, in US dollars: as the runner reckons, else by the prices of the models that it lists. */
export async function costAt(runner: Pick<ClaudeRunner, 'models' | 'costOf'>, model: string, usage: Usage): Promise<number | undefined> {
  // The names of models are known once these are.
  const models = await runner.models();
  const told = runner.costOf?.(model, usage);
  if (told !== undefined) return told;
  const prices = models.find(({ id, resolvedId }) => id === model || resolvedId === model)?.prices;
  return prices && costOf(usage, prices);
}
