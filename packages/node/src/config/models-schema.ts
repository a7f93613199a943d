import { gatewayDefaults } from '@claude-code-api/gateway';
import * as z from 'zod';
import { reasoningEffortSchema } from './value-schemas.ts';

const usd = z.number().min(0);

/** US dollars for a million tokens of each kind. */
const priceSchema = z.strictObject({
  input: usd,
  output: usd,
  cache_write: usd.optional(),
  cache_write_1h: usd.optional(),
  cache_read: usd.optional(),
});

/** How models are called, think, and are paid for. */
export const modelsSchema = z.strictObject({
  aliases: z
    .record(z.string(), z.string())
    .default({})
    .describe('More names for models, for instance `{"gpt-4o": "sonnet"}`; `{"*": "sonnet"}` is for any name that is unknown otherwise.'),
  reasoning_effort: reasoningEffortSchema
    .default(gatewayDefaults.effort)
    .describe('How hard models think when a request does not say. Sampling parameters and forced tool calls win over it.'),
  prices: z
    .record(z.string(), priceSchema)
    .default({})
    .describe(
      'US dollars for a million tokens, by the model’s full name without a date, in the place of the list prices, for instance `{"claude-sonnet-4-5": {"input": 3, "output": 15, "cache_write": 3.75, "cache_read": 0.3}}`.',
    ),
});
