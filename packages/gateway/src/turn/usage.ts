/** Tokens of one turn, in the API's own numbers. */
export interface Usage {
  /** Input tokens neither read from nor written to the prompt cache. */
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /** The part of the tokens written to the prompt cache that is kept for an hour; the rest is for five minutes. */
  readonly cacheWriteHourTokens: number;
  /** All generated tokens, reasoning included. */
  readonly outputTokens: number;
  /** The part of the output tokens spent on reasoning; 0 where the API does not tell. */
  readonly reasoningTokens: number;
}

/** No tokens at all. */
export const noUsage: Usage = {
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWriteHourTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
};

/** The sum of two usages, number by number. */
export function addUsage(one: Usage, other: Usage): Usage {
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    cacheReadTokens: one.cacheReadTokens + other.cacheReadTokens,
    cacheWriteTokens: one.cacheWriteTokens + other.cacheWriteTokens,
    cacheWriteHourTokens: one.cacheWriteHourTokens + other.cacheWriteHourTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    reasoningTokens: one.reasoningTokens + other.reasoningTokens,
  };
}
