import type { parameters } from './parameters.ts';

/** What `docs/api` says of each parameter. Apart from the parameters: what only people read takes no room in the bundle. */
export const parameterNotes: Readonly<Record<keyof typeof parameters, string>> = {
  model:
    'an alias of Claude Code (`sonnet`), a full name, one with `[1m]` as Claude Code writes it, or one of your own aliases; unknown: 404',
  messages:
    "real roles, exact; system messages amid the conversation are the user's texts there (no more, once the user has spoken, with `clear_at`), their `output_config.effort` is the turn's, and tools that they add or remove are there, or not, for the whole of it",
  system: 'its blocks reach Claude as one, a blank line between, behind the two lines of the CLI',
  max_tokens: 'as it is; needed, as at Anthropic',
  stream: "the model's own events",
  stop_sequences: 'as they are; the one that matched is told',
  temperature: '0 to 1. Models from 4.7 on take none: then it is named as ignored. With version 2026-10-21 always a 400',
  top_p: 'likewise; models from 4.1 on refuse it beside the temperature that the CLI sends: then it is named as ignored',
  top_k: 'likewise',
  thinking:
    '`adaptive`, `enabled`, `disabled`, with `display`; a model that knows only one of the first two gets that. Without it the model does as it does by itself',
  output_config: '`effort`, where the model has it; `format`, checked against your schema; other fields as they are',
  output_format: 'the older form of `output_config.format`',
  tools:
    'as they are, in your order: your own, and those that Anthropic defines or runs (`bash_...`, `web_search_...`). Calls of yours are held open for their results',
  tool_choice: 'as it is, `disable_parallel_tool_use` too; models that refuse to be forced (5.5) are urged by the description',
  metadata: "`user_id` goes to Anthropic beside the CLI's own; e-mail addresses and what has more than 48 characters as a hash",
  speed: 'the fast mode has prices of its own',
  billing_policy: "the account is the operator's",
  betas: 'a header (`anthropic-beta`), not a field',
  mcp_servers: "Anthropic would call them in the operator's name",
  container: "containers are the operator's",
  thread: "threads are the operator's",
};
