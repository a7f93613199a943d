import type { parameters } from './parameters.ts';

/** What `docs/api` says of each parameter. Apart from the parameters: what only people read takes no room in the bundle. */
export const parameterNotes: Readonly<Record<keyof typeof parameters, string>> = {
  model: 'as for chat completions',
  prompt: 'a text, or a list of texts: each is a user’s message and a turn of its own, 64 in all with `n`. Ids of tokens are a 400',
  stream: "the model's own deltas",
  stream_options: '`include_usage`',
  max_tokens: 'as it is; without it the model writes as much as it likes, and not 16 tokens',
  temperature: 'as for chat completions',
  top_p: 'as for chat completions',
  n: '1 to 8 for each prompt, side by side; choices are told prompt by prompt',
  best_of: 'use `n`',
  stop: '1 to 4',
  echo: 'the prompt goes before the answer',
  suffix: 'Claude does not fill in between two texts: a 400',
  seed: 'as for chat completions',
  logprobs: 'always null',
  logit_bias: 'Claude has none',
  frequency_penalty: 'Claude has none',
  presence_penalty: 'Claude has none',
  user: 'as for chat completions',
};
