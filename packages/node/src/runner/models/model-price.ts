/** What a model costs, in US dollars for a million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  /** Of the prompt cache. Default: a tenth of `input`. */
  readonly cacheRead?: number | undefined;
  /** To the prompt cache, kept for five minutes. Default: `input` and a quarter. */
  readonly cacheWrite?: number | undefined;
  /** To the prompt cache, kept for an hour. Default: twice `input`. */
  readonly cacheWriteHour?: number | undefined;
  /** What all tokens of a request cost whose prompt, cached or not, has more tokens than `above`. Default: the same. */
  readonly longPrompt?: (Omit<ModelPrice, 'longPrompt'> & { readonly above: number }) | undefined;
}

/** By the names of models, without a date. */
export type ModelPrices = Readonly<Record<string, ModelPrice>>;
