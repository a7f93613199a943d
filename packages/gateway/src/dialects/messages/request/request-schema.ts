import * as z from 'zod';
import { assistantBlockSchema, textSchema, textsSchema, userBlockSchema } from './block-schema.ts';
import { toolSchema } from './tool-schema.ts';

const something = z.string().min(1, { abort: true });
const name = something.max(256, { abort: true, error: 'it may have 256 characters at most' });

const effort = z.enum(['low', 'medium', 'high', 'xhigh', 'max']);
const format = z.looseObject({ type: z.literal('json_schema'), schema: z.record(z.string(), z.unknown()) });
const outputConfig = z.looseObject({ effort: effort.nullish(), format: format.nullish() });
/** Of a system message: how hard to think from there on. */
const more = { output_config: outputConfig.nullish() };
const messageSchema = z.discriminatedUnion('role', [
  z.looseObject({ role: z.literal('user'), content: z.union([textSchema, z.array(userBlockSchema)]), ...more }),
  z.looseObject({ role: z.literal('assistant'), content: z.union([textSchema, z.array(assistantBlockSchema)]), ...more }),
  z.looseObject({ role: z.literal('system'), content: textsSchema, ...more }),
]);

const thinkingSchema = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('enabled'), budget_tokens: z.int().min(1024), display: z.string().nullish() }),
  z.looseObject({ type: z.literal('adaptive'), display: z.string().nullish() }),
  z.looseObject({ type: z.literal('disabled') }),
  z.looseObject({ type: z.literal('between_tools') }),
]);
const parallel = { disable_parallel_tool_use: z.boolean().nullish() };
const toolChoice = z.discriminatedUnion('type', [
  z.looseObject({ type: z.enum(['auto', 'any']), ...parallel }),
  z.looseObject({ type: z.literal('tool'), name: something, ...parallel }),
  z.looseObject({ type: z.literal('none') }),
]);

/**
 * The body of `POST /v1/messages`; unknown keys are allowed. What each key does is told in `parameters.ts`.
 *
 * @see https://docs.anthropic.com/en/api/messages
 */
export const requestSchema = z.looseObject({
  model: name,
  messages: z.array(messageSchema).min(1).max(100_000, 'there may be 100000 messages at most'),
  system: textsSchema.nullish(),
  max_tokens: z.int().min(0),
  stream: z.boolean().nullish(),
  stop_sequences: z.array(z.string()).nullish(),
  temperature: z.number().min(0).max(1).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().min(0).nullish(),
  thinking: thinkingSchema.nullish(),
  output_config: outputConfig.nullish(),
  output_format: format.nullish(),
  tools: z.array(toolSchema).nullish(),
  tool_choice: toolChoice.nullish(),
  metadata: z.looseObject({ user_id: z.string().nullish() }).nullish(),
  speed: z.unknown().optional(),
  billing_policy: z.unknown().optional(),
  betas: z.unknown().optional(),
  mcp_servers: z.unknown().optional(),
  container: z.unknown().optional(),
  thread: z.unknown().optional(),
});

/** The body of `POST /v1/messages/count_tokens`. */
export const countSchema = requestSchema.extend({ max_tokens: requestSchema.shape.max_tokens.optional() });

export type MessagesBody = z.infer<typeof requestSchema>;
export type CountBody = z.infer<typeof countSchema>;
export type GivenMessage = CountBody['messages'][number];
