import * as z from 'zod/mini';
import { name, something } from '../../schema-fields.ts';
import { assistantBlockSchema, textBlockSchema, textSchema, textsSchema, userBlockSchema } from './block-schema.ts';
import { toolChangeSchema, toolSchema } from './tool-schema.ts';

const effort = z.enum(['low', 'medium', 'high', 'xhigh', 'max']);
const format = z.looseObject({ type: z.literal('json_schema'), schema: z.record(z.string(), z.unknown()) });
const outputConfig = z.looseObject({ effort: z.nullish(effort), format: z.nullish(format) });
/** What a system message may say besides: how hard to think from there on. */
const more = { output_config: z.nullish(outputConfig) };
const systemSchema = z.looseObject({
  role: z.literal('system'),
  content: z.nullish(z.union([textSchema, z.array(z.union([textBlockSchema, toolChangeSchema]))])),
  /** Until when its text is shown. */
  clear_at: z.nullish(z.enum(['next_user_message', 'never'])),
  ...more,
});
const messageSchema = z.discriminatedUnion('role', [
  z.looseObject({ role: z.literal('user'), content: z.union([textSchema, z.array(userBlockSchema)]), ...more }),
  z.looseObject({ role: z.literal('assistant'), content: z.union([textSchema, z.array(assistantBlockSchema)]), ...more }),
  z.pipe(
    systemSchema,
    z.transform(({ content, ...message }) => {
      const blocks = content ?? [];
      return {
        ...message,
        content: blocks.flatMap((block) => (block.type === 'text' ? [block] : [])),
        toolChanges: blocks.flatMap((block) => (block.type === 'text' ? [] : [block])),
      };
    }),
  ),
]);

const thinkingSchema = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('enabled'), budget_tokens: z.int().check(z.minimum(1024)), display: z.nullish(z.string()) }),
  z.looseObject({ type: z.literal('adaptive'), display: z.nullish(z.string()) }),
  z.looseObject({ type: z.literal('disabled') }),
  z.looseObject({ type: z.literal('between_tools') }),
]);
const parallel = { disable_parallel_tool_use: z.nullish(z.boolean()) };
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
  messages: z.array(messageSchema).check(z.minLength(1), z.maxLength(100_000, 'there may be 100000 messages at most')),
  system: z.nullish(textsSchema),
  max_tokens: z.int().check(z.minimum(0)),
  stream: z.nullish(z.boolean()),
  stop_sequences: z.nullish(z.array(z.string())),
  temperature: z.nullish(z.number().check(z.minimum(0), z.maximum(1))),
  top_p: z.nullish(z.number().check(z.minimum(0), z.maximum(1))),
  top_k: z.nullish(z.int().check(z.minimum(0))),
  thinking: z.nullish(thinkingSchema),
  output_config: z.nullish(outputConfig),
  output_format: z.nullish(format),
  tools: z.nullish(z.array(toolSchema)),
  tool_choice: z.nullish(toolChoice),
  metadata: z.nullish(z.looseObject({ user_id: z.nullish(z.string()) })),
  speed: z.optional(z.unknown()),
  billing_policy: z.optional(z.unknown()),
  betas: z.optional(z.unknown()),
  mcp_servers: z.optional(z.unknown()),
  container: z.optional(z.unknown()),
  thread: z.optional(z.unknown()),
});

/** The body of `POST /v1/messages/count_tokens`. */
export const countSchema = z.extend(requestSchema, { max_tokens: z.optional(requestSchema.shape.max_tokens) });

export type MessagesBody = z.infer<typeof requestSchema>;
export type CountBody = z.infer<typeof countSchema>;
export type GivenMessage = CountBody['messages'][number];
