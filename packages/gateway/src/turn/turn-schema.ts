import * as z from 'zod';
import { jsonObjectSchema, messageSchema, textBlockSchema, toolChoiceSchema, toolSchema } from './message-schema.ts';
import type { Turn } from './turn.ts';

const text = z.string().exactOptional();
const number = z.number().exactOptional();

/** A turn, as it goes to a runner elsewhere. */
export const turnSchema: z.ZodType<Turn> = z.looseObject({
  profile: text,
  conversation: text,
  model: z.string(),
  system: z.array(textBlockSchema),
  messages: z.array(messageSchema),
  messageDigests: z.array(z.string()).exactOptional(),
  tools: z.array(toolSchema),
  toolChoice: toolChoiceSchema.exactOptional(),
  sampling: z.looseObject({
    maxOutputTokens: number,
    temperature: number,
    topP: number,
    topK: number,
    stopSequences: z.array(z.string()).exactOptional(),
  }),
  effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).exactOptional(),
  thinking: z
    .discriminatedUnion('type', [
      z.looseObject({ type: z.literal('off') }),
      z.looseObject({ type: z.literal('adaptive'), display: text }),
      z.looseObject({ type: z.literal('budget'), tokens: z.number(), display: text }),
    ])
    .exactOptional(),
  outputSchema: jsonObjectSchema.exactOptional(),
  extra: jsonObjectSchema.exactOptional(),
  betas: z.array(z.string()).exactOptional(),
  endUser: text,
  timeoutMs: number,
  requestId: text,
  tenant: z.string(),
});
