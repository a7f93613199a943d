import * as z from 'zod/mini';
import { activityModes } from '../../../turn/turn-event.ts';
import { metadataSchema } from '../../openai/metadata-schema.ts';
import { messageSchema, textSchema, type userPartSchema } from './message-schema.ts';
import { functionName, name, orNone, seed } from '../../schema-fields.ts';
import { functionSchema, toolChoiceSchema, toolsSchema } from './tool-schema.ts';

const jsonSchemaFormat = z.looseObject({
  type: z.literal('json_schema'),
  json_schema: z.looseObject({
    name: functionName,
    description: z.nullish(z.string()),
    schema: z.record(z.string(), z.unknown()),
    strict: z.nullish(z.boolean()),
  }),
});
const responseFormat = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text') }),
  z.looseObject({ type: z.literal('json_object') }),
  jsonSchemaFormat,
]);

const maxPairs = 100;
const bias = z.number().check(z.minimum(-100, { abort: true }), z.maximum(100, { abort: true }));
const effort = z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);
const thinking = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('disabled') }),
  z.looseObject({ type: z.literal('adaptive') }),
  z.looseObject({ type: z.literal('enabled'), budget_tokens: z.int().check(z.minimum(1024)) }),
]);

/**
 * The body of `POST /v1/chat/completions`; unknown keys are allowed. What each key does is told in `parameters.ts`.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export const requestSchema = z.looseObject({
  model: name,
  messages: z.array(messageSchema).check(z.minLength(1), z.maxLength(100_000, 'there may be 100000 messages at most')),
  system: z.nullish(textSchema),
  stream: z.nullish(z.boolean()),
  stream_options: z.nullish(z.looseObject({ include_usage: z.nullish(z.boolean()) })),
  max_completion_tokens: orNone(z.int().check(z.minimum(1)), 0, -1),
  max_tokens: orNone(z.int().check(z.minimum(1)), 0, -1),
  temperature: z.nullish(z.number().check(z.minimum(0), z.maximum(2))),
  top_p: z.nullish(z.number().check(z.minimum(0), z.maximum(1))),
  top_k: orNone(z.int().check(z.minimum(1)), 0, -1),
  n: z.nullish(z.int().check(z.minimum(1), z.maximum(8))),
  stop: z.nullish(z.union([z.string(), z.array(z.string()).check(z.maxLength(4))])),
  frequency_penalty: z.nullish(z.number().check(z.minimum(-2), z.maximum(2))),
  presence_penalty: z.nullish(z.number().check(z.minimum(-2), z.maximum(2))),
  logit_bias: z.nullish(z.catchall(z.object({}), bias)),
  logprobs: z.nullish(z.boolean()),
  top_logprobs: z.nullish(z.int().check(z.minimum(0), z.maximum(20))),
  seed,
  tools: z.nullish(toolsSchema),
  tool_choice: z.nullish(toolChoiceSchema),
  parallel_tool_calls: z.nullish(z.boolean()),
  functions: z.nullish(z.array(functionSchema).check(z.maxLength(128))),
  function_call: z.nullish(z.union([z.enum(['none', 'auto']), z.looseObject({ name })])),
  response_format: z.nullish(responseFormat),
  reasoning_effort: orNone(effort, ''),
  reasoning: z.nullish(z.looseObject({ effort: z.nullish(effort) })),
  thinking: z.nullish(thinking),
  verbosity: orNone(z.enum(['low', 'medium', 'high']), ''),
  modalities: z.nullish(z.array(z.enum(['text', 'audio']))),
  audio: z.nullish(z.looseObject({})),
  prediction: z.nullish(z.looseObject({ type: z.literal('content') })),
  web_search_options: z.nullish(z.looseObject({})),
  metadata: z.optional(z.pipe(z.transform(toTexts), z.nullish(metadataSchema))),
  conversation_id: z.nullish(z.string()),
  store: z.nullish(z.boolean()),
  activity: z.nullish(z.enum(activityModes)),
  service_tier: z.nullish(z.string()),
  user: z.nullish(z.string()),
  safety_identifier: z.nullish(z.string().check(z.maxLength(64))),
  prompt_cache_key: z.nullish(z.string()),
  prompt_cache_retention: z.nullish(z.string()),
  prompt_cache_options: z.nullish(z.looseObject({})),
  moderation: z.nullish(z.looseObject({})),
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
