import * as z from 'zod/mini';
import { jsonObjectSchema, messageSchema } from './message-schema.ts';
import type { TurnEvent } from './turn-event.ts';
import type { Usage } from './usage.ts';

const tokens = z.number();
/** Reads a `Usage`. */
export const usageSchema: z.ZodMiniType<Usage> = z.object({
  inputTokens: tokens,
  cacheReadTokens: tokens,
  cacheWriteTokens: tokens,
  cacheWriteHourTokens: tokens,
  outputTokens: tokens,
  reasoningTokens: tokens,
});

const index = z.int().check(z.nonnegative());

const told = z.exactOptional(jsonObjectSchema);

const startedBlock = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('thinking') }),
  z.object({ type: z.literal('redacted_thinking'), data: z.string() }),
  z.object({ type: z.literal('tool_use'), id: z.string(), name: z.string(), extra: told }),
  z.object({ type: z.literal('other'), block: jsonObjectSchema }),
]);

/** Reads a stored or sent `TurnEvent`. */
export const turnEventSchema: z.ZodMiniType<TurnEvent> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('turn-start'), model: z.string(), messageId: z.exactOptional(z.string()), usage: usageSchema, told }),
  z.object({ type: z.literal('block-start'), index, block: startedBlock, itemId: z.exactOptional(z.string()) }),
  z.object({ type: z.literal('text-delta'), index, text: z.string() }),
  z.object({ type: z.literal('citation'), index, citation: jsonObjectSchema }),
  z.object({ type: z.literal('thinking-delta'), index, thinking: z.string() }),
  z.object({ type: z.literal('signature'), index, signature: z.string() }),
  z.object({ type: z.literal('input-delta'), index, json: z.string() }),
  z.object({ type: z.literal('block-end'), index }),
  z.object({ type: z.literal('activity-start'), id: z.string(), name: z.string(), input: jsonObjectSchema }),
  z.object({ type: z.literal('activity-end'), id: z.string(), result: z.string(), isError: z.boolean(), denied: z.boolean() }),
  z.object({
    type: z.literal('usage'),
    usage: usageSchema,
    costUsd: z.exactOptional(z.number()),
    upstreamRequestId: z.exactOptional(z.string()),
    told,
  }),
  z.object({
    type: z.literal('turn-end'),
    reason: z.enum(['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'refusal', 'pause_turn', 'context_window']),
    stopSequence: z.exactOptional(z.string()),
    steps: z.exactOptional(z.array(messageSchema)),
    limit: z.exactOptional(z.enum(['max_turns', 'max_budget'])),
    refusal: z.exactOptional(z.string()),
    told,
  }),
]);
