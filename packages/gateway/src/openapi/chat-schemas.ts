import * as z from 'zod';

const count = z.int().nonnegative();
const unixSeconds = count.describe('Unix time in seconds');
const finishReason = z.enum(['stop', 'length', 'tool_calls', 'content_filter', 'function_call']);
const anyObject = z.record(z.string(), z.unknown());

const usage = z.strictObject({
  ...{ prompt_tokens: count, completion_tokens: count, total_tokens: count },
  prompt_tokens_details: z.strictObject({ cached_tokens: count, cache_write_tokens: count }),
  completion_tokens_details: z.strictObject({ reasoning_tokens: count }),
});

const functionCall = z.strictObject({ name: z.string(), arguments: z.string().describe('JSON') });
const toolCall = z.discriminatedUnion('type', [
  z.strictObject({ id: z.string(), type: z.literal('function'), function: functionCall }),
  z.strictObject({ id: z.string(), type: z.literal('custom'), custom: z.strictObject({ name: z.string(), input: z.string() }) }),
]);
const activity = z
  .strictObject({
    index: count.optional().describe('the choice, where there are several'),
    ...{ id: z.string(), name: z.string(), input: anyObject, result: z.string() },
    status: z.enum(['completed', 'failed', 'denied']),
  })
  .describe('one use of a tool of an agent’s own');
const limit = z.enum(['max_turns', 'max_budget']).describe('the limit of the profile that ended the turn');
const costUsd = z.number().describe('US dollars, where they are known');
const conversationId = z.string().describe('the conversation that the turn is part of');
const identity = { id: z.string(), created: unixSeconds, model: z.string(), system_fingerprint: z.string() };

const choice = z.strictObject({
  index: count,
  message: z.strictObject({
    ...{ role: z.literal('assistant'), content: z.string().nullable(), refusal: z.string().nullable(), annotations: z.array(z.unknown()) },
    reasoning_content: z.string().optional().describe('what Claude thinks, where it shows it'),
    tool_calls: z.array(toolCall).optional(),
    function_call: functionCall.optional().describe('the older form of a call, for requests in that form'),
  }),
  ...{ logprobs: z.null(), finish_reason: finishReason },
});

const callDelta = z.strictObject({
  ...{ index: count, id: z.string().optional(), type: z.enum(['function', 'custom']).optional() },
  function: functionCall.partial({ name: true }).optional(),
  custom: z.strictObject({ name: z.string().optional(), input: z.string() }).optional(),
});
const delta = z.strictObject({
  ...{ role: z.literal('assistant').optional(), content: z.string().optional(), refusal: z.string().optional() },
  ...{ reasoning_content: z.string().optional(), tool_calls: z.array(callDelta).optional() },
  function_call: functionCall.partial({ name: true }).optional(),
});
const activityPiece = activity
  .omit({ index: true })
  .partial({ name: true, input: true, result: true })
  .extend({
    input_json: z.string().optional().describe('a piece of the JSON of a long input'),
    status: z.enum(['running', 'completed', 'failed', 'denied']),
  });

/** What chat completions and the older completions answer, by the names that the document has for it. */
export const chatSchemas = {
  CompletionUsage: usage,
  ChatCompletion: z.strictObject({
    ...identity,
    object: z.literal('chat.completion'),
    choices: z.array(choice),
    usage,
    service_tier: z.literal('default'),
    conversation_id: conversationId.optional(),
    activity: z.array(activity).optional().describe('what an agent did, with `activity: "events"`'),
    cost_usd: costUsd.optional(),
    limit: limit.optional(),
  }),
  ChatCompletionChunk: z
    .strictObject({
      ...identity,
      object: z.literal('chat.completion.chunk'),
      choices: z
        .array(z.strictObject({ index: count, delta, logprobs: z.null(), finish_reason: finishReason.nullable() }))
        .describe('one, and none in the chunk that tells the usage'),
      usage: usage.nullish().describe('with `stream_options.include_usage`: null in all chunks but the last'),
      conversation_id: conversationId.optional(),
      activity: activityPiece.optional().describe('what an agent does, with `activity: "events"`'),
      cost_usd: costUsd.optional(),
      limit: limit.optional(),
    })
    .describe('The `data` of each event; the last one is `[DONE]`, and an error comes as `OpenaiError`.'),
  Completion: z
    .strictObject({
      ...identity,
      object: z.literal('text_completion'),
      choices: z.array(z.strictObject({ text: z.string(), index: count, logprobs: z.null(), finish_reason: finishReason.nullable() })),
      usage: usage.nullish(),
    })
    .describe('Whole, and as the `data` of each event of a stream, the last of which is `[DONE]`.'),
};
