import { expect, test } from 'vitest';
import { GatewayError } from '../gateway-error.ts';
import { toErrorBody, toErrorResponse, toGatewayError } from './error-response.ts';

const invalid = { status: 400, type: 'invalid_request_error' };

test('what a request says of itself is told in part, when it is long', () => {
  const long = 'x'.repeat(1_000_000);
  const { error } = toErrorBody(new GatewayError(long, { ...invalid, param: long }));
  expect([error.message, error.param]).toEqual([`${'x'.repeat(2000)}...`, `${'x'.repeat(2000)}...`]);
  const fitting = 'y'.repeat(2000);
  expect(toErrorBody(new GatewayError(fitting, invalid)).error).toEqual({
    ...{ type: invalid.type, param: null, code: null },
    message: fitting,
  });
});

test('an error has its headers, and those that its facts stand for', () => {
  const { headers } = toErrorResponse(
    new GatewayError('Later.', {
      ...invalid,
      status: 429,
      retryAfterSeconds: 3,
      shouldRetry: false,
      headers: { 'x-ratelimit-limit-requests': '1' },
    }),
  );
  expect(Object.fromEntries(headers)).toEqual({
    'content-type': 'application/json',
    'retry-after': '3',
    'x-should-retry': 'false',
    'x-ratelimit-limit-requests': '1',
  });
});

test('what was not written for callers is not told', () => {
  for (const error of [toGatewayError(new Error('/secret')), new GatewayError('/secret', { ...invalid, expose: false })]) {
    expect(JSON.stringify(toErrorBody(error))).not.toContain('secret');
  }
});
