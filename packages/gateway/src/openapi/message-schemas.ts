import * as z from 'zod';

const count = z.int().nonnegative();
const index = count;
const anyObject = z.record(z.string(), z.unknown());

/** More of it is told as the API tells it. */
const usage = z.looseObject({
  ...{ input_tokens: count, cache_creation_input_tokens: count, cache_read_input_tokens: count },
  cache_creation: z.strictObject({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count }),
  output_tokens: count,
  output_tokens_details: z.looseObject({ thinking_tokens: count }),
});

const text = { type: z.literal('text'), text: z.string(), citations: z.array(anyObject).nullish() };
const call = { type: z.literal('tool_use'), id: z.string(), name: z.string(), input: anyObject };
const known = ['text', 'thinking', 'redacted_thinking', 'tool_use'];
const block = z.union([
  z.strictObject(text),
  z.strictObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() }),
  z.strictObject({ type: z.literal('redacted_thinking'), data: z.string() }),
  z.looseObject(call),
  z
    .looseObject({ type: z.string().regex(new RegExp(`^(?!(?:${known.join('|')})$)`)) })
    .describe('a block of the API’s own tools, or of a kind that is new, as it came'),
]);

const stop = z.looseObject({
  stop_reason: z
    .string()
    .nullable()
    .describe('`end_turn`, `max_tokens`, `stop_sequence`, `tool_use`, `pause_turn`, `refusal`, `model_context_window_exceeded`'),
  stop_sequence: z.string().nullable(),
  stop_details: anyObject.nullish(),
});
const message = z
  .looseObject({
    ...{ id: z.string(), type: z.literal('message'), role: z.literal('assistant'), model: z.string(), content: z.array(block) },
    ...stop.shape,
    usage,
    context_management: anyObject.nullish(),
  })
  .describe('An answer of Claude; fields that the API adds to it are there too.');

const delta = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text_delta'), text: z.string() }),
  z.strictObject({ type: z.literal('citations_delta'), citation: anyObject }),
  z.strictObject({ type: z.literal('thinking_delta'), thinking: z.string() }),
  z.strictObject({ type: z.literal('signature_delta'), signature: z.string() }),
  z.strictObject({ type: z.literal('input_json_delta'), partial_json: z.string() }),
]);

/**
 * What the Messages API answers, by the names that the document has for it.
 *
 * @see https://docs.anthropic.com/en/api/messages
 */
export const messageSchemas = {
  Message: message,
  MessageBlock: block,
  MessageUsage: usage,
  MessageTokenCount: z.strictObject({ input_tokens: count }),
};

/**
 * The events of its stream.
 *
 * @see https://docs.anthropic.com/en/api/messages-streaming
 */
export const messageEventSchemas = {
  MessageStartEvent: z.strictObject({ type: z.literal('message_start'), message }),
  MessageBlockStartEvent: z.strictObject({ type: z.literal('content_block_start'), index, content_block: block }),
  MessageBlockDeltaEvent: z.strictObject({ type: z.literal('content_block_delta'), index, delta }),
  MessageBlockStopEvent: z.strictObject({ type: z.literal('content_block_stop'), index }),
  MessageDeltaEvent: z.strictObject({
    ...{ type: z.literal('message_delta'), delta: stop, usage, context_management: anyObject.nullish() },
  }),
  MessageStopEvent: z.strictObject({ type: z.literal('message_stop') }),
  MessagePingEvent: z.strictObject({ type: z.literal('ping') }),
};
