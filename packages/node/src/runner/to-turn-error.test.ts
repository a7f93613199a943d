import { GatewayError } from '@claude-code-api/gateway';
import { expect, test } from 'vitest';
import type { CliResult } from './cli-message.ts';
import { toTurnError, type TurnFailure } from './to-turn-error.ts';

function failure(result: Partial<CliResult>, more: Partial<TurnFailure> = {}): GatewayError {
  return toTurnError({
    result: { type: 'result', subtype: 'success', is_error: true, num_turns: 1, ...result },
    kind: undefined,
    retryDelayMs: undefined,
    model: 'sonnet',
    ...more,
  });
}

test.each([
  [400, { status: 400, type: 'invalid_request_error' }],
  [401, { status: 401, type: 'authentication_error', code: 'claude_not_logged_in' }],
  [403, { status: 403, type: 'permission_error' }],
  [404, { status: 404, type: 'invalid_request_error', code: 'model_not_found' }],
  [413, { status: 413, type: 'invalid_request_error', code: 'request_too_large' }],
  [429, { status: 429, type: 'requests', code: 'rate_limit_exceeded' }],
  [500, { status: 500, type: 'server_error' }],
  [529, { status: 503, type: 'server_error', code: 'overloaded' }],
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

test('an unknown model is named', () => {
  expect(failure({ api_error_status: 404 }, { model: 'claude-0' }).message).toContain('`claude-0`');
});

test('a login that is missing is told apart from an upstream that is', () => {
  expect(failure({}, { kind: 'authentication_failed' })).toMatchObject({ status: 401, code: 'claude_not_logged_in' });
  expect(failure({ result: 'API Error: Connection error.' })).toMatchObject({ status: 502, code: 'upstream_error' });
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
