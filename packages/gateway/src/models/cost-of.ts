import type { ModelPrice } from '../ports/claude-runner.ts';
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
