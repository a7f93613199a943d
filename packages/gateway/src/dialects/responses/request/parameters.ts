import { equals, isEmpty, type Parameter } from '../../parameters.ts';
import type { requestSchema } from './request-schema.ts';

type Within = 'reasoning.effort' | 'reasoning.summary' | 'reasoning.context' | 'reasoning.mode' | 'text.format' | 'text.verbosity';

/** What there is to include; what Claude thinks is always there, sealed. */
const included: ReadonlySet<unknown> = new Set(['reasoning.encrypted_content', 'web_search_call.action.sources']);

/**
 * Every parameter of responses, and what it does. The table in `docs/api` is made of this and of `parameter-notes.ts`, each row has a test, and
 * what is `ignored` here is what the gateway reports as ignored, or refuses in strict mode.
 */
export const parameters = {
  model: { support: 'native' },
  input: { support: 'native' },
  instructions: { support: 'native' },
  stream: { support: 'native' },
  stream_options: { support: 'native' },
  max_output_tokens: { support: 'native' },
  temperature: { support: 'native' },
  top_p: { support: 'native' },
  top_logprobs: { support: 'ignored', isHarmless: equals(0) },
  tools: { support: 'native' },
  tool_choice: { support: 'native' },
  parallel_tool_calls: { support: 'native' },
  max_tool_calls: { support: 'emulated' },
  text: { support: 'native' },
  'text.format': { support: 'native' },
  'text.verbosity': { support: 'ignored', isHarmless: equals('medium') },
  reasoning: { support: 'native' },
  'reasoning.effort': { support: 'native' },
  'reasoning.summary': { support: 'native' },
  'reasoning.context': { support: 'ignored', isHarmless: equals('auto') },
  'reasoning.mode': { support: 'ignored', isHarmless: equals('standard') },
  include: {
    support: 'emulated',
    isHarmless: (value) => Array.isArray(value) && value.every((each) => included.has(each)),
  },
  store: { support: 'emulated' },
  previous_response_id: { support: 'emulated' },
  conversation: { support: 'emulated' },
  background: { support: 'native' },
  metadata: { support: 'emulated' },
  activity: { support: 'native' },
  user: { support: 'native' },
  safety_identifier: { support: 'native' },
  prompt_cache_key: { support: 'ignored' },
  prompt_cache_retention: { support: 'ignored' },
  prompt_cache_options: { support: 'ignored' },
  service_tier: { support: 'ignored', isHarmless: equals('auto', 'default') },
  truncation: { support: 'ignored', isHarmless: equals('disabled') },
  context_management: { support: 'ignored', isHarmless: isEmpty },
  prompt: { support: 'rejected' },
  moderation: { support: 'ignored' },
  client_metadata: { support: 'ignored' },
} satisfies Record<keyof typeof requestSchema.shape | Within, Parameter>;
