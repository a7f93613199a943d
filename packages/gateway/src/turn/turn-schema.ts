import * as z from 'zod/mini';
import { jsonObjectSchema, messageSchema, textBlockSchema, toolChoiceSchema, toolSchema } from './message-schema.ts';
import type { Turn } from './turn.ts';

const text = z.exactOptional(z.string());
const number = z.exactOptional(z.number());

/** A turn, as it goes to a runner elsewhere. */
export const turnSchema: z.ZodMiniType<Turn> = z.looseObject({
  profile: text,
  conversation: text,
  model: z.string(),
  system: z.array(textBlockSchema),
  messages: z.array(messageSchema),
  messageDigests: z.exactOptional(z.array(z.string())),
  tools: z.array(toolSchema),
  toolChoice: z.exactOptional(toolChoiceSchema),
  sampling: z.looseObject({
    maxOutputTokens: number,
    temperature: number,
    topP: number,
    topK: number,
    stopSequences: z.exactOptional(z.array(z.string())),
  }),
  effort: z.exactOptional(z.enum(['low', 'medium', 'high', 'xhigh', 'max'])),
  thinking: z.exactOptional(
    z.discriminatedUnion('type', [
      z.looseObject({ type: z.literal('off') }),
      z.looseObject({ type: z.literal('adaptive'), display: text }),
      z.looseObject({ type: z.literal('budget'), tokens: z.number(), display: text }),
    ]),
  ),
  outputSchema: z.exactOptional(jsonObjectSchema),
  extra: z.exactOptional(jsonObjectSchema),
  betas: z.exactOptional(z.array(z.string())),
  endUser: text,
  timeoutMs: number,
  requestId: text,
  trace: z.exactOptional(z.record(z.string(), z.string())),
  tenant: z.string(),
});
