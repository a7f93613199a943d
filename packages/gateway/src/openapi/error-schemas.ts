import * as z from 'zod';

const openaiTypes = [
  'invalid_request_error',
  'authentication_error',
  'permission_error',
  'requests',
  'tokens',
  'insufficient_quota',
  'server_error',
];
const anthropicTypes = [
  ...['invalid_request_error', 'authentication_error', 'billing_error', 'permission_error', 'not_found_error', 'timeout_error'],
  ...['conflict_error', 'request_too_large', 'rate_limit_error', 'overloaded_error', 'api_error'],
];

/** The bodies of errors, by the names that the document has for them. */
export const errorSchemas = {
  OpenaiError: z
    .strictObject({
      error: z.strictObject({
        message: z.string().describe('what is wrong, and what to do'),
        type: z.enum(openaiTypes),
        param: z.string().nullable().describe('the field at fault, as a path: `messages[0].role`'),
        code: z.string().nullable().describe('what exactly is wrong, for programs: `model_not_found`'),
      }),
    })
    .describe('An error in OpenAI’s form; in a stream of chat completions it is the `data` of an event.'),
  AnthropicError: z
    .strictObject({
      type: z.literal('error'),
      error: z.strictObject({
        type: z.enum(anthropicTypes),
        message: z.string(),
        details: z
          .strictObject({ error_code: z.string() })
          .optional()
          .describe('what exactly is wrong, for programs, in this server’s words'),
      }),
      request_id: z.string(),
    })
    .describe('An error in Anthropic’s form: on `/v1/messages`, and for callers with the header `anthropic-version`.'),
};
