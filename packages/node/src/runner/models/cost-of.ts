import type { Usage } from '@claude-code-api/gateway';
import type { ModelPrice } from './model-price.ts';

/** What one request cost, in US dollars. `hourWriteTokens` are those of `cacheWriteTokens` that are kept for an hour. */
export function costOf(usage: Usage, hourWriteTokens: number, price: ModelPrice): number {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = usage;
  const { longPrompt } = price;
  const isLong = longPrompt !== undefined && inputTokens + cacheReadTokens + cacheWriteTokens > longPrompt.above;
  const { input, output, cacheRead = input * 0.1, cacheWrite = input * 1.25, cacheWriteHour = input * 2 } = isLong ? longPrompt : price;
  const perMillion =
    inputTokens * input +
    outputTokens * output +
    cacheReadTokens * cacheRead +
    (cacheWriteTokens - hourWriteTokens) * cacheWrite +
    hourWriteTokens * cacheWriteHour;
  return perMillion / 1_000_000;
}
