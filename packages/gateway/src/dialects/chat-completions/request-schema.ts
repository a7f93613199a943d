import * as z from 'zod';

const textPart = z.looseObject({ type: z.literal('text'), text: z.string() });

const text = z.union([z.string(), z.array(textPart)]);

const toolCall = z.looseObject({
  id: z.string().min(1),
  type: z.literal('function').optional(),
  function: z.looseObject({ name: z.string().min(1), arguments: z.string() }),
});

const systemMessage = z.looseObject({ role: z.enum(['system', 'developer']), content: text });

const userMessage = z.looseObject({ role: z.literal('user'), content: text });

/** Parts of kinds unknown to us stand in other clients' histories beside `tool_calls` that say the same: they are passed over. */
const assistantPart = z.looseObject({ type: z.string() });

const assistantMessage = z.looseObject({
  role: z.literal('assistant'),
  content: z.union([z.string(), z.array(assistantPart)]).nullish(),
  refusal: z.string().nullish(),
  tool_calls: z.array(toolCall).nullish(),
});

const toolMessage = z.looseObject({ role: z.literal('tool'), tool_call_id: z.string().min(1), content: text });

const message = z.discriminatedUnion('role', [systemMessage, userMessage, assistantMessage, toolMessage]);

/**
 * The body of `POST /v1/chat/completions`, as far as this gateway reads it; unknown keys are allowed.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export const requestSchema = z.looseObject({
  model: z.string().min(1),
  messages: z.array(message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
});

export type ChatCompletionRequest = z.infer<typeof requestSchema>;
export type ChatMessage = ChatCompletionRequest['messages'][number];
