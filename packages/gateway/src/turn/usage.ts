/** Tokens of one turn, in the API's own numbers. */
export interface Usage {
  /** Input tokens neither read from nor written to the prompt cache. */
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /** All generated tokens, reasoning included. */
  readonly outputTokens: number;
  /** The part of the output tokens spent on reasoning; 0 where the API does not tell. */
  readonly reasoningTokens: number;
}
