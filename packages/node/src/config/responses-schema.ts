import * as z from 'zod';

/** The settings of the Responses API. */
export const responsesSchema = z.strictObject({
  seal_key: z
    .array(z.string().min(16))
    .min(1)
    .optional()
    .meta({ format: 'password' })
    .describe(
      'Keys by which it is sealed what Claude thinks, and summaries, for callers to bring back: the first one seals, all of them open, so that one can be replaced. Each has 16 characters or more, such as `openssl rand -base64 32` prints. By default one that is made and kept with what is stored.',
    ),
});
