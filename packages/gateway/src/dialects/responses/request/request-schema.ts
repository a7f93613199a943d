import * as z from 'zod';
import { activityModes } from '../../../turn/activity-mode.ts';
import { metadataSchema } from '../../openai/metadata-schema.ts';
import { inputSchema } from './input-schema.ts';
import { toolChoiceSchema, toolsSchema } from './tool-schema.ts';

const name = z.string().min(1).max(256, 'it may have 256 characters at most');
const effort = z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);
const summary = z.enum(['auto', 'concise', 'detailed']);

const format = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text') }),
  z.looseObject({ type: z.literal('json_object') }),
  z.looseObject({
    type: z.literal('json_schema'),
    name: z.string().nullish(),
    description: z.string().nullish(),
    schema: z.record(z.string(), z.unknown()),
    strict: z.boolean().nullish(),
  }),
]);

/**
 * The body of `POST /v1/responses`; unknown keys are allowed. What each key does is told in `parameters.ts`.
 *
 * @see https://platform.openai.com/docs/api-reference/responses/create
 */
export const requestSchema = z.looseObject({
  model: name,
  input: z.union([z.string(), inputSchema]).nullish(),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_obfuscation: z.boolean().nullish() }).nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  tools: toolsSchema.nullish(),
  tool_choice: toolChoiceSchema.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  max_tool_calls: z.int().min(1).nullish(),
  text: z.looseObject({ format: format.nullish(), verbosity: z.enum(['low', 'medium', 'high']).nullish() }).nullish(),
  reasoning: z.looseObject({ effort: effort.nullish(), summary: summary.nullish(), generate_summary: summary.nullish() }).nullish(),
  include: z.array(z.string()).max(64).nullish(),
  store: z.boolean().nullish(),
  previous_response_id: z.string().nullish(),
  conversation: z.union([z.string(), z.looseObject({ id: z.string() })]).nullish(),
  background: z.boolean().nullish(),
  metadata: metadataSchema.nullish(),
  activity: z.enum(activityModes).nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().max(128).nullish(),
  prompt_cache_key: z.string().nullish(),
  prompt_cache_retention: z.string().nullish(),
  prompt_cache_options: z.looseObject({}).nullish(),
  service_tier: z.string().nullish(),
  truncation: z.enum(['auto', 'disabled']).nullish(),
  context_management: z.array(z.looseObject({})).nullish(),
  prompt: z.looseObject({}).nullish(),
  moderation: z.looseObject({}).nullish(),
  client_metadata: z.looseObject({}).nullish(),
});

export type ResponsesBody = z.infer<typeof requestSchema>;
