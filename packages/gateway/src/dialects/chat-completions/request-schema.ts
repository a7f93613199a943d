import * as z from 'zod';
import { activityModes } from '../../engine/activity-mode.ts';
import { metadataSchema } from '../../http/metadata-schema.ts';
import { orNone } from './or-none.ts';
import { toTexts } from './to-texts.ts';

// A check in a list or record aborts, so that the first fault is the last one looked at: there may be a million of them.
const something = z.string().min(1, { abort: true });
const name = something.max(256, { abort: true, error: 'it may have 256 characters at most' });
/** Empty for none: the order then tells which call a result is of. */
const callId = z
  .string()
  .nullable()
  .transform((id) => id ?? '');

const textPart = z.looseObject({ type: z.literal('text'), text: z.string() });
const imagePart = z.looseObject({
  type: z.literal('image_url'),
  image_url: z.looseObject({ url: something, detail: z.string().nullish() }),
});
const filePart = z.looseObject({
  type: z.literal('file'),
  file: z.looseObject({ file_data: z.string().nullish(), filename: z.string().nullish(), file_id: z.string().nullish() }),
});
const audioPart = z.looseObject({ type: z.literal('input_audio') });

const text = z.union([z.string(), z.array(textPart)]);
const userPart = z.discriminatedUnion('type', [textPart, imagePart, filePart, audioPart]);
/** Results may hold pictures too, which OpenAI's own do not. */
const resultPart = z.discriminatedUnion('type', [textPart, imagePart, filePart]);

const calledFunction = z.looseObject({
  name,
  arguments: z
    .string()
    .nullable()
    .transform((json) => json ?? ''),
});
const toolCall = z.looseObject({ id: callId, type: z.literal('function').nullish(), function: calledFunction });

const systemMessage = z.looseObject({ role: z.enum(['system', 'developer']), content: text });
const userMessage = z.looseObject({ role: z.literal('user'), content: z.union([z.string(), z.array(userPart)]) });

/** Parts of kinds unknown to us stand in other clients' histories beside `tool_calls` that say the same: they are passed over. */
const assistantPart = z.looseObject({ type: z.string() });
const assistantMessage = z.looseObject({
  role: z.literal('assistant'),
  content: z.union([z.string(), z.array(assistantPart)]).nullish(),
  refusal: z.string().nullish(),
  tool_calls: z.array(toolCall).nullish(),
  function_call: calledFunction.nullish(),
});
const toolMessage = z.looseObject({
  role: z.literal('tool'),
  tool_call_id: callId,
  content: z
    .union([z.string(), z.array(resultPart)])
    .nullable()
    .transform((content) => content ?? ''),
});
const functionMessage = z.looseObject({ role: z.literal('function'), name, content: z.string().nullish() });

const message = z.discriminatedUnion('role', [systemMessage, userMessage, assistantMessage, toolMessage, functionMessage]);

const functionName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, {
  abort: true,
  error: 'must be 1 to 64 letters, digits, dashes or underscores',
});
const functionDefinition = z.looseObject({
  name: functionName,
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  strict: z.boolean().nullish(),
});
/** OpenAI takes 128; MCP servers together bring more. */
const maxTools = 512;
const tool = z.looseObject({ type: z.literal('function'), function: functionDefinition });
const namedFunction = z.looseObject({ type: z.literal('function'), function: z.looseObject({ name }) });
const allowedTools = z.looseObject({
  type: z.literal('allowed_tools'),
  allowed_tools: z.looseObject({ mode: z.enum(['auto', 'required']), tools: z.array(namedFunction).min(1).max(maxTools) }),
});

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
  messages: z.array(message).min(1),
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
  tools: z.array(tool).max(maxTools, `there may be ${maxTools} tools at most`).nullish(),
  tool_choice: z.union([z.enum(['none', 'auto', 'required']), z.discriminatedUnion('type', [namedFunction, allowedTools])]).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  functions: z.array(functionDefinition).max(128).nullish(),
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
export type ChatPart = z.infer<typeof userPart>;
