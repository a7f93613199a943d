import * as z from 'zod';

/** What is stored of a conversation beside its items. A change is made when its head is written: a batch that no head names does not exist. */
export const storedHead = z.object({
  id: z.string(),
  /** Random, and another after every change of any kind: what a change compares before it is made. */
  revision: z.string().min(1),
  createdAt: z.number(),
  updatedAt: z.number(),
  expiresAt: z.number(),
  metadata: z.record(z.string(), z.string()),
  version: z.number(),
  system: z.string(),
  model: z.string().exactOptional(),
  digest: z.string().exactOptional(),
  /** Where its items are, oldest first; `bytes` is what their JSON takes in UTF-8. */
  batches: z.array(z.object({ key: z.string().regex(/^[0-9a-f]{1,64}$/), itemCount: z.number(), bytes: z.number() })),
});

export type StoredHead = z.infer<typeof storedHead>;
