import { equals, type Parameter } from '../../parameters.ts';
import type { requestSchema } from './request-schema.ts';

/**
 * Every parameter of the Messages API that is looked at here. The table in `docs/api` is made of this and of `parameter-notes.ts`; what is
 * `ignored` here is what the gateway reports as ignored, or refuses in strict mode, and what is `rejected` is a 400. Others are passed on.
 */
export const parameters = {
  model: { support: 'native' },
  messages: { support: 'native' },
  system: { support: 'native' },
  max_tokens: { support: 'native' },
  stream: { support: 'native' },
  stop_sequences: { support: 'native' },
  temperature: { support: 'native' },
  top_p: { support: 'native' },
  top_k: { support: 'native' },
  thinking: { support: 'native' },
  output_config: { support: 'native' },
  output_format: { support: 'native' },
  tools: { support: 'native' },
  tool_choice: { support: 'native' },
  metadata: { support: 'native' },
  speed: { support: 'ignored', isHarmless: equals('standard') },
  billing_policy: { support: 'ignored', isHarmless: equals('standard') },
  betas: { support: 'ignored' },
  mcp_servers: { support: 'rejected' },
  container: { support: 'rejected' },
  thread: { support: 'rejected' },
} satisfies Record<keyof typeof requestSchema.shape, Parameter>;
