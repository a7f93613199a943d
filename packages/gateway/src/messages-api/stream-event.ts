import * as z from 'zod/mini';
import { catch as otherwise } from 'zod/mini';
import { isObject } from '../turn/tool.ts';

const text = z.optional(z.string());
const number = z.nullish(z.number());
const object = z.looseObject({});

/** What the API tells of a message's tokens. */
export const streamUsageSchema = z.looseObject({
  input_tokens: number,
  cache_creation_input_tokens: number,
  cache_creation: z.nullish(z.looseObject({ ephemeral_1h_input_tokens: number })),
  cache_read_input_tokens: number,
  output_tokens: number,
  output_tokens_details: z.nullish(z.looseObject({ thinking_tokens: number })),
  server_tool_use: otherwise(z.nullish(z.looseObject({ web_search_requests: number })), undefined),
});

const messageStart = z.object({
  type: z.literal('message_start'),
  message: z.object({ id: text, model: z.string(), usage: z.nullish(streamUsageSchema) }),
});
const contentBlockStart = z.object({
  type: z.literal('content_block_start'),
  content_block: z.looseObject({ type: z.string(), id: text, name: text, data: text }),
});
const contentBlockDelta = z.object({
  type: z.literal('content_block_delta'),
  delta: z.object({
    type: z.string(),
    text,
    thinking: text,
    signature: text,
    partial_json: text,
    citation: z.optional(object),
  }),
});
const contentBlockStop = z.object({ type: z.literal('content_block_stop') });
const messageDelta = z.object({
  type: z.literal('message_delta'),
  delta: z.looseObject({
    stop_reason: z.nullish(z.string()),
    stop_sequence: z.nullish(z.string()),
    /** Why Claude has refused. */
    stop_details: otherwise(z.nullish(z.looseObject({ explanation: z.nullish(z.string()) })), undefined),
  }),
  usage: z.nullish(streamUsageSchema),
  context_management: z.nullish(object),
});
const messageStop = z.object({ type: z.literal('message_stop') });

/**
 * The Messages API's own stream events, as far as they matter here.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export const streamEventSchema = z.discriminatedUnion('type', [
  messageStart,
  contentBlockStart,
  contentBlockDelta,
  contentBlockStop,
  messageDelta,
  messageStop,
]);

/** An event of the stream of a message. */
export type StreamEvent = z.infer<typeof streamEventSchema>;

/** What the schema would make of a piece of an answer, as nearly all events are, for a fraction of the work; undefined where it is to say. */
export function readPiece(event: unknown): StreamEvent | undefined {
  if (!isObject(event) || event['type'] !== 'content_block_delta' || !isObject(event['delta'])) return undefined;
  const { type, text: said, thinking, signature, partial_json: json, citation } = event['delta'];
  if (typeof type !== 'string' || citation !== undefined) return undefined;
  if (!isText(said) || !isText(thinking) || !isText(signature) || !isText(json)) return undefined;
  return { type: 'content_block_delta', delta: { type, text: said, thinking, signature, partial_json: json } };
}

function isText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

/** What the API tells of a message's tokens. */
export type StreamUsage = z.infer<typeof streamUsageSchema>;
