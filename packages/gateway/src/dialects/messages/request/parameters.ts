import type { requestSchema } from './request-schema.ts';

/** What becomes of a parameter: the API's own, made up for here, accepted without effect, or refused. */
export type Support = 'native' | 'emulated' | 'ignored' | 'rejected';

/**
 * Every parameter of the Messages API that is looked at here. The README's table is made of this and of `parameter-notes.ts`; what is
 * `ignored` here is what the gateway reports as ignored, or refuses in strict mode, and what is `rejected` is a 400. Others are passed on.
 */
export const parameters = {
  model: 'native',
  messages: 'native',
  system: 'native',
  max_tokens: 'native',
  stream: 'native',
  stop_sequences: 'native',
  temperature: 'native',
  top_p: 'native',
  top_k: 'native',
  thinking: 'native',
  output_config: 'native',
  output_format: 'native',
  tools: 'native',
  tool_choice: 'native',
  metadata: 'native',
  speed: 'ignored',
  billing_policy: 'ignored',
  betas: 'ignored',
  mcp_servers: 'rejected',
  container: 'rejected',
  thread: 'rejected',
} as const satisfies Record<keyof typeof requestSchema.shape, Support>;
