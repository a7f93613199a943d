import { equals, isEmpty, type Parameter } from '../parameters.ts';
import type { requestSchema } from './parse-request.ts';

/**
 * Every parameter of completions, and what it does. The table in `docs/api` is made of this and of `parameter-notes.ts`, and what is `ignored` here
 * is what the gateway reports as ignored, or refuses in strict mode.
 */
export const parameters = {
  model: { support: 'native' },
  prompt: { support: 'native' },
  stream: { support: 'native' },
  stream_options: { support: 'native' },
  max_tokens: { support: 'native' },
  temperature: { support: 'native' },
  top_p: { support: 'native' },
  n: { support: 'emulated' },
  best_of: { support: 'ignored', isHarmless: equals(1) },
  stop: { support: 'native' },
  echo: { support: 'emulated' },
  suffix: { support: 'rejected' },
  seed: { support: 'emulated' },
  logprobs: { support: 'ignored' },
  logit_bias: { support: 'ignored', isHarmless: isEmpty },
  frequency_penalty: { support: 'ignored', isHarmless: equals(0) },
  presence_penalty: { support: 'ignored', isHarmless: equals(0) },
  user: { support: 'native' },
} satisfies Record<keyof typeof requestSchema.shape, Parameter>;
