import * as z from 'zod/mini';
import { storedHead } from '../conversations/stored-conversation.ts';

// What goes between a place and the gateways that share it, in JSON.

export const keySchema = z.object({ tenantKey: z.string(), id: z.string() });

export const changeSchema = z.object({
  follows: z.exactOptional(storedHead),
  head: storedHead,
  added: z.exactOptional(z.object({ key: z.string(), text: z.string() })),
  removedKey: z.exactOptional(z.string()),
  keepMs: z.number(),
});

export const pageSchema = z.object({ limit: z.number(), order: z.enum(['asc', 'desc']), after: z.exactOptional(z.string()) });

/** JSON has null for a batch that is missing or known. */
export const recordSchema = z.object({ head: storedHead, batches: z.array(z.nullable(z.string())) });

export const headPageSchema = z.object({ heads: z.array(storedHead), hasMore: z.boolean() });

export const usageSchema = z.array(z.object({ tenantKey: z.string(), bytes: z.number() }));

const meterSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('bucket'), key: z.string(), limit: z.number(), periodMs: z.number() }),
  z.object({ kind: z.literal('budget'), key: z.string(), limit: z.number(), endsAt: z.number() }),
]);

export const amountsSchema = z.array(z.object({ meter: meterSchema, amount: z.number() }));

export const takeResultSchema = z.object({
  taken: z.boolean(),
  states: z.array(z.object({ remaining: z.number(), waitMs: z.number(), resetMs: z.number() })),
});
