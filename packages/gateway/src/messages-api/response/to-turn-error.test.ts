import { GatewayError } from '../../gateway-error.ts';
import type { FailedResult } from './failed-result.ts';
import { toTurnError, type TurnFailure } from './to-turn-error.ts';
import { expect, test } from 'vitest';

function failure(result: Partial<FailedResult>, more: Partial<TurnFailure> = {}): GatewayError {
  return toTurnError({
    result,
    kind: undefined,
    retryDelayMs: undefined,
    model: 'sonnet',
    ...more,
  });
}

test.each([
  [400, { status: 400 }],
  [401, { status: 401, code: 'claude_not_logged_in' }],
  [402, { status: 429, code: 'insufficient_quota', shouldRetry: false }],
  [403, { status: 403 }],
  [404, { status: 404, code: 'model_not_found' }],
  [408, { status: 502, code: 'upstream_error' }],
  [409, { status: 502, code: 'upstream_error' }],
  [413, { status: 413, code: 'request_too_large' }],
  [422, { status: 400, code: null }],
  [429, { status: 429, code: 'rate_limit_exceeded' }],
  [500, { status: 500, code: null }],
  [503, { status: 500, code: null }],
  [529, { status: 503, code: 'overloaded' }],
])("upstream's %i becomes the caller's", (status, expected) => {
  const error = failure({ api_error_status: status, result: `API Error: ${status} some reason` });
  expect(error).toBeInstanceOf(GatewayError);
  expect(error).toMatchObject(expected);
});

test('a prompt that is too long says so in the words that clients look for', () => {
  expect(failure({ api_error_status: 400, terminal_reason: 'prompt_too_long', result: 'Prompt is too long' })).toMatchObject({
    status: 400,
    code: 'context_length_exceeded',
    message: expect.stringContaining('maximum context length'),
  });
});

test('a picture that can not be taken is a 400 that names the messages', () => {
  const result = { api_error_status: null, terminal_reason: 'image_error', result: 'Image was too large' };
  const expected = { status: 400, code: 'invalid_value', param: 'messages', message: expect.stringContaining('Image was too large') };
  expect(failure(result)).toMatchObject(expected);
});

test.each(['blocking_limit', 'rapid_refill_breaker', 'prompt_too_long'])('a turn that the CLI ends with %s was too long', (reason) => {
  expect(failure({ api_error_status: null, terminal_reason: reason, result: 'Prompt is too long' })).toMatchObject({
    status: 400,
    code: 'context_length_exceeded',
    param: 'messages',
    shouldRetry: undefined,
  });
});

test.each([
  'API Error: 400 input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000, decrease input length or `max_tokens`',
  'API Error: 400 Input is too long for requested model.',
  'API Error: 400 Input is too long.',
  'API Error: 400 prompt is too long: 214000 tokens > 200000 maximum',
  "API Error: 400 This model's maximum context length is 200000 tokens. However, your messages resulted in 214000 tokens.",
  'API Error: 400 litellm.ContextWindowExceededError: no',
  'API Error: 400 The input exceeds the context window of this model',
])('whoever says it, a prompt that is too long is one: %s', (result) => {
  for (const status of [400, 422, null])
    expect(failure({ api_error_status: status, result })).toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
      param: 'messages',
    });
});

test.each([
  [400, 'API Error: 400 messages.0.content.0.text: the name is too long', null],
  [429, 'API Error: 429 This request would exceed the rate limit of input tokens per minute', 'rate_limit_exceeded'],
  [413, 'API Error: 413 Request exceeds the maximum size', 'request_too_large'],
])('a %i of another kind is not taken for one: %s', (status, result, code) => {
  expect(failure({ api_error_status: status, result }).code).toBe(code);
});

test.each([
  [429, 'API Error: Request rejected (429) · Extra usage is required for long context requests.'],
  [429, 'API Error: Request rejected (429) · Too many tokens per day, please wait before trying again.'],
  [429, 'API Error: 429 The long context beta is not yet available for this subscription.'],
  [400, 'API Error: 400 You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.'],
  [429, 'API Error: 429 This workspace has reached its monthly spend limit'],
])('a %i that waiting does not mend is not repeated: %s', (status, result) => {
  expect(failure({ api_error_status: status, result }, { retryDelayMs: 2000 })).toMatchObject({
    status: 429,
    code: 'insufficient_quota',
    shouldRetry: false,
    retryAfterSeconds: undefined,
  });
});

test.each([
  "API Error: Request rejected (429) · This request would exceed your organization's rate limit of 50 requests per minute",
  'API Error: Request rejected (429) · Number of concurrent connections has exceeded your rate limit.',
  'API Error: 429 Too many tokens, please wait before trying again.',
])('a limit that passes is repeated: %s', (result) => {
  expect(failure({ api_error_status: 429, result })).toMatchObject({
    code: 'rate_limit_exceeded',
    shouldRetry: undefined,
    retryAfterSeconds: 5,
  });
});

test('an unknown model is named', () => {
  expect(failure({ api_error_status: 404 }, { model: 'claude-0' }).message).toContain('`claude-0`');
});

test('a login that is missing is told apart from an upstream that is', () => {
  expect(failure({}, { kind: 'authentication_failed' })).toMatchObject({ status: 401, code: 'claude_not_logged_in' });
  expect(failure({ result: 'API Error: Connection error.' })).toMatchObject({ status: 502, code: 'upstream_error' });
});

test.each([
  [403, 'authentication_failed', 'Failed to authenticate: OAuth token revoked. Please log in again or contact your administrator.'],
  [403, 'authentication_failed', 'Failed to authenticate. API Error: 403 The security token included in the request is expired'],
  [
    403,
    'authentication_failed',
    'AWS authentication failed · refresh your AWS credentials and retry · API Error: 403 The security token included in the request is invalid.',
  ],
  [403, 'oauth_org_not_allowed', 'Your organization has disabled Claude subscription access for Claude Code'],
  [400, 'invalid_request', 'Your ANTHROPIC_API_KEY belongs to a disabled organization · Update or unset the environment variable'],
  [400, 'unknown', 'API Error: 400 This organization has been disabled.'],
])('a %i (%s) can be a login that is refused: %s', (status, kind, result) => {
  expect(failure({ api_error_status: status, result }, { kind })).toMatchObject({ status: 401, code: 'claude_not_logged_in' });
});

test.each([
  [403, 'authentication_failed', 'Failed to authenticate. API Error: 403 No permission.'],
  [
    403,
    'authentication_failed',
    "AWS authentication failed · refresh your AWS credentials and retry · API Error: 403 You don't have access to the model",
  ],
  [400, 'unknown', 'API Error: 400 tools.0: the token is invalid'],
])('a %i of another kind is none (%s: %s)', (status, kind, result) => {
  expect(failure({ api_error_status: status, result }, { kind }).code).toBeNull();
});

test('there is always a message', () => {
  expect(failure({ result: '' }).message).not.toBe('');
  expect(failure({}).message).not.toBe('');
});

test.each([
  [undefined, 5],
  [1, 1],
  [2001, 3],
])('after a wait of %s ms of its own, the CLI leads to a retry-after of %i seconds', (retryDelayMs, seconds) => {
  for (const status of [429, 529])
    expect(failure({ api_error_status: status }, { retryDelayMs })).toMatchObject({ retryAfterSeconds: seconds });
});

test('a request that the API finds too large is that, whatever the CLI takes it for', () => {
  const result = { api_error_status: 413, terminal_reason: 'image_error', result: 'API Error: 413 Request too large' };
  expect(failure(result)).toMatchObject({ status: 413, code: 'request_too_large' });
});
