import * as z from 'zod';

/** Where embeddings are got from. */
export const embeddingsSchema = z.strictObject({
  url: z
    .string()
    .regex(/^https?:\/\/[^/@]+(\/|$)/, 'must be the base URL of an OpenAI-compatible server, without a password: http://localhost:11434/v1')
    .optional()
    .describe(
      'Base URL, with the version, of another OpenAI-compatible server that answers `POST /v1/embeddings`, for instance `http://localhost:11434/v1`. By default nobody does: Claude has no embeddings.',
    ),
  key: z
    .string()
    .min(1)
    .optional()
    .meta({ format: 'password' })
    .describe('What that server knows this one by. By default nothing is sent.'),
  models: z
    .array(z.string().min(1))
    .default([])
    .describe('Its models that callers may ask for, for instance `["text-embedding-3-small"]`; `GET /v1/models` lists them too.'),
});
