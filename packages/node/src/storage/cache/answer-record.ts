import type { CachedAnswer } from '@claude-code-api/gateway';
import { messageSchema } from '@claude-code-api/gateway/schemas';
import * as z from 'zod';

/** What is stored. The events are JSON in JSON, since unstorage leaves out keys such as `__proto__` from what it parses. */
export interface AnswerRecord {
  /** Unix times in milliseconds. */
  readonly expiresAt: number;
  readonly storedAt: number;
  /** A hash of whose it is. */
  readonly tenantKey: string;
  readonly events: string;
}

const recordSchema = z.object({ expiresAt: z.number(), storedAt: z.number(), tenantKey: z.string(), events: z.string() });

const tokens = z.number();
const eventsSchema = z.array(
  z.discriminatedUnion('type', [
    z.object({
      type: z.literal('turn-start'),
      model: z.string(),
      usage: z.object({
        inputTokens: tokens,
        cacheReadTokens: tokens,
        cacheWriteTokens: tokens,
        outputTokens: tokens,
        reasoningTokens: tokens,
      }),
    }),
    z.object({ type: z.literal('text-delta'), text: z.string() }),
    z.object({ type: z.literal('reasoning-delta'), text: z.string() }),
    z.object({ type: z.literal('tool-call-start'), id: z.string(), name: z.string() }),
    z.object({ type: z.literal('tool-call-delta'), json: z.string() }),
    z.object({
      type: z.literal('turn-end'),
      reason: z.enum(['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'refusal']),
      content: messageSchema.shape.content.exactOptional(),
    }),
  ]),
);

export function toAnswerRecord({ events, storedAt }: CachedAnswer, tenantKey: string, expiresAt: number): AnswerRecord {
  return { expiresAt, storedAt, tenantKey, events: JSON.stringify(events) };
}

/** Undefined for what is no record, or not of a whole answer. */
export function parseAnswerRecord(value: unknown): { readonly record: AnswerRecord; readonly answer: CachedAnswer } | undefined {
  const { data: record } = recordSchema.safeParse(value);
  if (record === undefined) return undefined;
  const { data: events } = eventsSchema.safeParse(parseJson(record.events));
  if (events?.at(-1)?.type !== 'turn-end') return undefined;
  return { record, answer: { events, storedAt: record.storedAt } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
