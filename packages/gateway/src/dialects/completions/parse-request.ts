import * as z from 'zod/mini';
import { badRequest } from '../../gateway-error.ts';
import { name, orNone, seed } from '../schema-fields.ts';
import { parseBody } from '../parse-body.ts';

/** The most turns that one request may ask for: each takes a place of the queue. */
const maxChoices = 64;

/**
 * The body of `POST /v1/completions`; unknown keys are allowed. What each key does is told in `parameters.ts`.
 *
 * @see https://platform.openai.com/docs/api-reference/completions/create
 */
export const requestSchema = z.looseObject({
  model: name,
  prompt: z.union([z.string(), z.array(z.unknown()).check(z.minLength(1))]),
  stream: z.nullish(z.boolean()),
  stream_options: z.nullish(z.looseObject({ include_usage: z.nullish(z.boolean()) })),
  max_tokens: orNone(z.int().check(z.minimum(1)), 0, -1),
  temperature: z.nullish(z.number().check(z.minimum(0), z.maximum(2))),
  top_p: z.nullish(z.number().check(z.minimum(0), z.maximum(1))),
  n: z.nullish(z.int().check(z.minimum(1), z.maximum(8))),
  best_of: z.nullish(z.int().check(z.minimum(1), z.maximum(20))),
  stop: z.nullish(z.union([z.string(), z.array(z.string()).check(z.maxLength(4))])),
  echo: z.nullish(z.boolean()),
  suffix: z.nullish(z.string()),
  seed,
  logprobs: z.nullish(z.int().check(z.minimum(0), z.maximum(5))),
  logit_bias: z.nullish(z.looseObject({})),
  frequency_penalty: z.nullish(z.number().check(z.minimum(-2), z.maximum(2))),
  presence_penalty: z.nullish(z.number().check(z.minimum(-2), z.maximum(2))),
  user: z.nullish(z.string()),
});

export interface CompletionRequest extends z.infer<typeof requestSchema> {
  readonly prompts: readonly string[];
}

/** @throws {GatewayError} 400 for a body that is malformed, or asks for what Claude has not. */
export function parseRequest(body: unknown): CompletionRequest {
  const request = parseBody(requestSchema, body);
  if (request.suffix)
    throw badRequest("Unsupported parameter: 'suffix'. Claude does not fill in between two texts.", 'suffix', 'unsupported_parameter');
  const prompts = toTexts(request.prompt);
  if (prompts.length * (request.n ?? 1) > maxChoices)
    throw badRequest(
      `Invalid value for 'prompt': a request can ask for ${maxChoices} completions at most, of all prompts together.`,
      'prompt',
    );
  return { ...request, prompts };
}

function toTexts(prompt: CompletionRequest['prompt']): readonly string[] {
  if (typeof prompt === 'string') return [prompt];
  return prompt.map((each, index) => {
    if (typeof each === 'string') return each;
    const param = typeof each === 'number' ? 'prompt' : `prompt[${index}]`;
    throw typeof each === 'number' || Array.isArray(each)
      ? badRequest(`Invalid value for '${param}': ids of tokens mean nothing to Claude. Send the text.`, param, 'unsupported_value')
      : badRequest(`Invalid type for '${param}': expected a string.`, param, 'invalid_type');
  });
}
