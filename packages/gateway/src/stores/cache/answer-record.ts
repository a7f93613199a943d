import type { CachedAnswer } from '../../ports/response-cache.ts';
import { turnEventSchema } from '../../turn/turn-event-schema.ts';
import * as z from 'zod/mini';

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

const eventsSchema = z.array(turnEventSchema);

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
