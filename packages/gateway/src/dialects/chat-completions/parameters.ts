import type { requestSchema } from './request-schema.ts';

/** What becomes of a parameter: Claude's own, made up for here, accepted without effect, or refused. */
export type Support = 'native' | 'emulated' | 'ignored';

export interface Parameter {
  readonly support: Support;
  /** For the README. */
  readonly note: string;
  /** For an ignored one: whether a value asks for nothing that Claude would not do anyway. */
  readonly isHarmless?: (value: unknown) => boolean;
}

const equals =
  (...harmless: readonly unknown[]) =>
  (value: unknown): boolean =>
    harmless.includes(value);

/**
 * Every parameter of chat completions, and what it does. The README's table is made of this, each row has a test, and
 * what is `ignored` here is what the gateway reports as ignored, or refuses in strict mode.
 */
export const parameters = {
  model: { support: 'native', note: 'an alias of Claude Code (`sonnet`), a full name, or one of your own aliases; unknown: 404' },
  messages: { support: 'native', note: 'real roles, exact; system and developer messages become the system prompt' },
  stream: { support: 'native', note: "the model's own deltas" },
  stream_options: { support: 'native', note: '`include_usage`' },
  max_completion_tokens: { support: 'native', note: '`max_tokens` of the Messages API' },
  max_tokens: { support: 'native', note: 'the same; `max_completion_tokens` wins' },
  temperature: {
    support: 'native',
    note: "0 to 1 as it is, above 1 as 1, Claude's hottest; 1 is the default and not sent. Models from 4.7 on take none: then it is named as ignored",
  },
  top_p: {
    support: 'native',
    note: '1 is the default and not sent; models from 4.1 on refuse it beside the temperature that the CLI sends: then it is ignored',
  },
  top_k: { support: 'native', note: "an extension: Claude's own; not taken by models from 4.7 on either" },
  n: { support: 'emulated', note: '1 to 8 turns side by side, usage added up' },
  stop: { support: 'native', note: '1 to 4; those of whitespace only, which Claude does not take, are cut by the gateway' },
  frequency_penalty: { support: 'ignored', note: 'Claude has none', isHarmless: equals(0) },
  presence_penalty: { support: 'ignored', note: 'Claude has none', isHarmless: equals(0) },
  logit_bias: {
    support: 'ignored',
    note: 'Claude has none',
    isHarmless: (value) => typeof value === 'object' && value !== null && Object.keys(value).length === 0,
  },
  logprobs: { support: 'ignored', note: '`logprobs` is always null', isHarmless: equals(false) },
  top_logprobs: { support: 'ignored', note: 'likewise', isHarmless: equals(0) },
  seed: {
    support: 'emulated',
    note: 'asks for repeatable output: the same request gets the same answer, as long as the response cache has it; ignored without the cache, and with tools',
  },
  tools: {
    support: 'native',
    note: "Claude's own tools, under your names, with your schemas, adapted only where the API refuses them; calls are held open for their results",
  },
  tool_choice: {
    support: 'native',
    note: '`none`, `auto`, `required`, a named function; models that refuse to be forced (5.5) are urged by the description; `allowed_tools` shows the model only those',
  },
  parallel_tool_calls: { support: 'native', note: '`false`: one call at a time' },
  functions: { support: 'native', note: 'the old form of `tools`; answered in the old form' },
  function_call: { support: 'native', note: 'the old form of `tool_choice`' },
  response_format: { support: 'native', note: '`json_schema` and `json_object`: constrained output, checked against your schema' },
  reasoning_effort: { support: 'native', note: 'effort and thinking; `none` is off, `minimal` is `low`' },
  reasoning: { support: 'native', note: 'an extension: `reasoning.effort`, the same' },
  thinking: { support: 'native', note: "an extension: Claude's own `adaptive`, `enabled` with `budget_tokens`, `disabled`" },
  verbosity: { support: 'ignored', note: 'ask for it in the prompt', isHarmless: equals('medium') },
  modalities: {
    support: 'ignored',
    note: 'text only',
    isHarmless: (value) => Array.isArray(value) && value.every((each) => each === 'text'),
  },
  audio: { support: 'ignored', note: 'text only' },
  prediction: { support: 'ignored', note: 'Claude has none' },
  web_search_options: { support: 'ignored', note: 'no built-in tools' },
  metadata: {
    support: 'emulated',
    note: "becomes the conversation's, when the request begins one; `metadata.conversation_id` names one to go on with",
  },
  conversation_id: { support: 'emulated', note: 'an extension: the conversation that the request goes on with; unknown or expired: 404' },
  store: { support: 'emulated', note: '`false`: the turn is not kept in any conversation' },
  activity: {
    support: 'native',
    note: "an extension: how an agent's use of its own tools is told: `none`; `events`, beside the answer, with `cost_usd` and `limit`; `reasoning`, in `reasoning_content`",
  },
  service_tier: { support: 'ignored', note: 'always `default`', isHarmless: equals('auto', 'default') },
  user: {
    support: 'native',
    note: "goes to Anthropic with the request's metadata; e-mail addresses and what has more than 48 characters as a hash",
  },
  safety_identifier: { support: 'native', note: 'the same; it wins over `user`' },
  prompt_cache_key: { support: 'ignored', note: 'Claude caches prompts by their content' },
  prompt_cache_retention: { support: 'ignored', note: 'likewise' },
  prompt_cache_options: { support: 'ignored', note: 'likewise' },
  moderation: { support: 'ignored', note: 'Claude has none' },
} satisfies Record<keyof typeof requestSchema.shape, Parameter>;

const rows = new Map<string, Parameter>(Object.entries(parameters));
const printable = /^[\w.-]{1,64}$/;

/** The keys of a request that have no effect: ignored parameters with a wish in them, and unknown keys. */
export function ineffectiveKeys(request: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(request).flatMap(([key, value]) => {
    if (value === null || value === undefined) return [];
    const row = rows.get(key);
    if (row === undefined) return printable.test(key) ? [key] : [];
    return row.support === 'ignored' && row.isHarmless?.(value) !== true ? [key] : [];
  });
}
