import * as z from 'zod';
import type { JsonObject } from '../turn/tool.ts';
import { limitHeaderNames } from './headers.ts';
import { refsOf, toContent } from './references.ts';

const statuses: Readonly<Record<number, string>> = {
  400: 'The request is malformed, contradicts itself, or asks for what there is not.',
  401: 'There is no key, or a wrong one.',
  403: 'The key may not do this, or the server is not to be called so.',
  404: 'There is no such model, conversation, response or address.',
  409: 'Another turn runs in the conversation.',
  413: 'The body is too large.',
  415: 'The body is of another type or encoding than JSON.',
  429: 'A limit of the key is used up, or the queue is full.',
  500: 'The server had an error.',
  502: 'Claude, or what stands between, failed.',
  503: 'The server stops, or nothing can be asked now.',
  504: 'It took too long.',
};

/** What each dialect's errors are called, and whose bodies they have: where no other is said, callers who are known as Anthropic's get theirs. */
const forms = { '': ['OpenaiError', 'AnthropicError'], Messages: ['AnthropicError'] };

export type ErrorForm = keyof typeof forms;

const toName = (form: ErrorForm, status: string): string => `${form}Error${status === 'default' ? '' : status}`;
const headers = refsOf('headers', [
  ...['x-request-id', 'request-id', 'x-claude-request-id', 'retry-after', 'x-should-retry'],
  ...limitHeaderNames,
]);

/** The replies with errors, by the names that the document has for them. */
export const errorResponses: Readonly<Record<string, JsonObject>> = Object.fromEntries(
  (['', 'Messages'] as const).flatMap((form) =>
    Object.entries({ ...statuses, default: 'Any other error.' }).map(([status, description]) => [
      toName(form, status),
      { description, headers, content: toContent({ 'application/json': forms[form] }) },
    ]),
  ),
);

/** The errors of an operation, by their statuses. */
export function toErrorReferences(errorStatuses: readonly number[], form: ErrorForm): JsonObject {
  const names = [...errorStatuses.map(String), 'default'].map((status) => [status, toName(form, status)]);
  return Object.fromEntries(names.map(([status = '', name]) => [status, { $ref: `#/components/responses/${name}` }]));
}

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
