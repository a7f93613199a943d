import { equals, type Parameter } from '../../openai/parameters.ts';
import type { requestSchema } from './request-schema.ts';

/**
 * Every parameter of chat completions, and what it does. The README's table is made of this and of `parameter-notes.ts`, each row has a test, and
 * what is `ignored` here is what the gateway reports as ignored, or refuses in strict mode.
 */
export const parameters = {
  model: { support: 'native' },
  messages: { support: 'native' },
  system: { support: 'native' },
  stream: { support: 'native' },
  stream_options: { support: 'native' },
  max_completion_tokens: { support: 'native' },
  max_tokens: { support: 'native' },
  temperature: { support: 'native' },
  top_p: { support: 'native' },
  top_k: { support: 'native' },
  n: { support: 'emulated' },
  stop: { support: 'native' },
  frequency_penalty: { support: 'ignored', isHarmless: equals(0) },
  presence_penalty: { support: 'ignored', isHarmless: equals(0) },
  logit_bias: {
    support: 'ignored',
    isHarmless: (value) => typeof value === 'object' && value !== null && Object.keys(value).length === 0,
  },
  logprobs: { support: 'ignored', isHarmless: equals(false) },
  top_logprobs: { support: 'ignored', isHarmless: equals(0) },
  seed: { support: 'emulated' },
  tools: { support: 'native' },
  tool_choice: { support: 'native' },
  parallel_tool_calls: { support: 'native' },
  functions: { support: 'native' },
  function_call: { support: 'native' },
  response_format: { support: 'native' },
  reasoning_effort: { support: 'native' },
  reasoning: { support: 'native' },
  thinking: { support: 'native' },
  verbosity: { support: 'ignored', isHarmless: equals('medium') },
  modalities: {
    support: 'ignored',
    isHarmless: (value) => Array.isArray(value) && value.every((each) => each === 'text'),
  },
  audio: { support: 'ignored' },
  prediction: { support: 'ignored' },
  web_search_options: { support: 'ignored' },
  metadata: { support: 'emulated' },
  conversation_id: { support: 'emulated' },
  store: { support: 'emulated' },
  activity: { support: 'native' },
  service_tier: { support: 'ignored', isHarmless: equals('auto', 'default') },
  user: { support: 'native' },
  safety_identifier: { support: 'native' },
  prompt_cache_key: { support: 'ignored' },
  prompt_cache_retention: { support: 'ignored' },
  prompt_cache_options: { support: 'ignored' },
  moderation: { support: 'ignored' },
} satisfies Record<keyof typeof requestSchema.shape, Parameter>;
