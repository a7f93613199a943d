import * as z from 'zod';
import { activityModes } from '../../../turn/activity-mode.ts';
import { metadataSchema } from '../../openai/metadata-schema.ts';
import { messageSchema, textSchema, type userPartSchema } from './message-schema.ts';
import { functionName, name, orNone } from './schema-fields.ts';
import { functionSchema, toolChoiceSchema, toolsSchema } from './tool-schema.ts';

const jsonSchemaFormat = z.looseObject({
  type: z.literal('json_schema'),
  json_schema: z.looseObject({
    name: functionName,
    description: z.string().nullish(),
    schema: z.record(z.string(), z.unknown()),
    strict: z.boolean().nullish(),
  }),
});
const responseFormat = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text') }),
  z.looseObject({ type: z.literal('json_object') }),
  jsonSchemaFormat,
]);

const maxPairs = 100;
const bias = z.number().min(-100, { abort: true }).max(100, { abort: true });
const effort = z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);
const thinking = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('disabled') }),
  z.looseObject({ type: z.literal('adaptive') }),
  z.looseObject({ type: z.literal('enabled'), budget_tokens: z.int().min(1024) }),
]);

/**
 * The body of `POST /v1/chat/completions`; unknown keys are allowed. What each key does is told in `parameters.ts`.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export const requestSchema = z.looseObject({
  model: name,
  messages: z.array(messageSchema).min(1).max(100_000, 'there may be 100000 messages at most'),
  system: textSchema.nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_completion_tokens: orNone(z.int().min(1), 0, -1),
  max_tokens: orNone(z.int().min(1), 0, -1),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: orNone(z.int().min(1), 0, -1),
  n: z.int().min(1).max(8).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  logit_bias: z.object({}).catchall(bias).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  // Any 64-bit integer, beyond what is exact here.
  seed: orNone(
    z
      .number()
      .min(-(2 ** 63))
      .max(2 ** 63)
      .refine(Number.isInteger, 'must be an integer'),
    -1,
  ),
  tools: toolsSchema.nullish(),
  tool_choice: toolChoiceSchema.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  functions: z.array(functionSchema).max(128).nullish(),
  function_call: z.union([z.enum(['none', 'auto']), z.looseObject({ name })]).nullish(),
  response_format: responseFormat.nullish(),
  reasoning_effort: orNone(effort, ''),
  reasoning: z.looseObject({ effort: effort.nullish() }).nullish(),
  thinking: thinking.nullish(),
  verbosity: orNone(z.enum(['low', 'medium', 'high']), ''),
  modalities: z.array(z.enum(['text', 'audio'])).nullish(),
  audio: z.looseObject({}).nullish(),
  prediction: z.looseObject({ type: z.literal('content') }).nullish(),
  web_search_options: z.looseObject({}).nullish(),
  metadata: z.preprocess(toTexts, metadataSchema.nullish()).optional(),
  conversation_id: z.string().nullish(),
  store: z.boolean().nullish(),
  activity: z.enum(activityModes).nullish(),
  service_tier: z.string().nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().max(64).nullish(),
  prompt_cache_key: z.string().nullish(),
  prompt_cache_retention: z.string().nullish(),
  prompt_cache_options: z.looseObject({}).nullish(),
  moderation: z.looseObject({}).nullish(),
});

export type ChatCompletionRequest = z.infer<typeof requestSchema>;
export type ChatMessage = ChatCompletionRequest['messages'][number];
/** A part of a user's message, or of a tool's result. */
export type ChatPart = z.infer<typeof userPartSchema>;

/**
 * Metadata with its values as texts: of what is none its JSON, such as clients' lists of tags, and of null nothing.
 *
 * @param metadata Whatever stands there; what is no object stays.
 */
function toTexts(metadata: unknown): unknown {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return metadata;
  // Of more pairs than it may have, nothing is made.
  if (Object.keys(metadata).length > maxPairs) return metadata;
  const entries = Object.entries(metadata).filter(([, value]) => value !== null);
  return Object.fromEntries(
    entries.map(([key, value]: [string, unknown]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}
