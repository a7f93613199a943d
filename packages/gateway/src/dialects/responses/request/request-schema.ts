import * as z from 'zod/mini';
import { activityModes } from '../../../turn/turn-event.ts';
import { metadataSchema } from '../../openai/metadata-schema.ts';
import { name } from '../../schema-fields.ts';
import { effortSchema, formatSchema } from './configuration-schema.ts';
import { inputSchema } from './input-schema.ts';
import { toolChoiceSchema, toolsSchema } from './tool-schema.ts';

const summary = z.enum(['auto', 'concise', 'detailed']);

/**
 * The body of `POST /v1/responses`; unknown keys are allowed. What each key does is told in `parameters.ts`.
 *
 * @see https://platform.openai.com/docs/api-reference/responses/create
 */
export const requestSchema = z.looseObject({
  model: name,
  input: z.nullish(z.union([z.string(), inputSchema])),
  instructions: z.nullish(z.string()),
  stream: z.nullish(z.boolean()),
  stream_options: z.nullish(z.looseObject({ include_obfuscation: z.nullish(z.boolean()) })),
  max_output_tokens: z.nullish(z.int().check(z.minimum(1))),
  temperature: z.nullish(z.number().check(z.minimum(0), z.maximum(2))),
  top_p: z.nullish(z.number().check(z.minimum(0), z.maximum(1))),
  top_logprobs: z.nullish(z.int().check(z.minimum(0), z.maximum(20))),
  tools: z.nullish(toolsSchema),
  tool_choice: z.nullish(toolChoiceSchema),
  parallel_tool_calls: z.nullish(z.boolean()),
  max_tool_calls: z.nullish(z.int().check(z.minimum(1))),
  text: z.nullish(z.looseObject({ format: z.nullish(formatSchema), verbosity: z.nullish(z.enum(['low', 'medium', 'high'])) })),
  reasoning: z.nullish(
    z.looseObject({ effort: z.nullish(effortSchema), summary: z.nullish(summary), generate_summary: z.nullish(summary) }),
  ),
  include: z.nullish(z.array(z.string()).check(z.maxLength(64))),
  store: z.nullish(z.boolean()),
  previous_response_id: z.nullish(z.string()),
  conversation: z.nullish(z.union([z.string(), z.looseObject({ id: z.string() })])),
  background: z.nullish(z.boolean()),
  metadata: z.nullish(metadataSchema),
  activity: z.nullish(z.enum(activityModes)),
  user: z.nullish(z.string()),
  safety_identifier: z.nullish(z.string().check(z.maxLength(128))),
  prompt_cache_key: z.nullish(z.string()),
  prompt_cache_retention: z.nullish(z.string()),
  prompt_cache_options: z.nullish(z.looseObject({})),
  service_tier: z.nullish(z.string()),
  truncation: z.nullish(z.enum(['auto', 'disabled'])),
  context_management: z.nullish(z.array(z.looseObject({}))),
  prompt: z.nullish(z.looseObject({})),
  moderation: z.nullish(z.looseObject({})),
  client_metadata: z.nullish(z.looseObject({})),
});

export type ResponsesBody = z.infer<typeof requestSchema>;
