import { expect, test } from 'vitest';
import { openaiErrorBody } from '../dialects/openai/openai-error.ts';
import { GatewayError } from '../gateway-error.ts';
import { toErrorResponse, toGatewayError, toToldError } from './error-response.ts';

const told = (error: GatewayError) => openaiErrorBody(toToldError(error));

test('what a request says of itself is told in part, when it is long', () => {
  const long = 'x'.repeat(1_000_000);
  const { error } = told(new GatewayError(long, { status: 400, param: long }));
  expect([error.message, error.param]).toEqual([`${'x'.repeat(2000)}...`, `${'x'.repeat(2000)}...`]);
  const fitting = 'y'.repeat(2000);
  expect(told(new GatewayError(fitting, { status: 400 })).error).toEqual({
    ...{ type: 'invalid_request_error', param: null, code: null },
    message: fitting,
  });
});

test('an error has its headers, and those that its facts stand for', async () => {
  const facts = { retryAfterSeconds: 3, shouldRetry: false, headers: { 'x-ratelimit-limit-requests': '1' } };
  const response = toErrorResponse(new GatewayError('Later.', { status: 429, ...facts }), { any: 'body' });
  expect(response.status).toBe(429);
  expect(Object.fromEntries(response.headers)).toEqual({
    'content-type': 'application/json',
    'retry-after': '3',
    'x-should-retry': 'false',
    'x-ratelimit-limit-requests': '1',
  });
  expect(await response.json()).toEqual({ any: 'body' });
});

test('what is told of an error has the same facts', () => {
  const facts = { status: 429, code: 'c', param: 'n', resource: 'tokens', upstreamRequestId: 'req_1' } as const;
  expect(toToldError(new GatewayError('Later.', facts))).toMatchObject({ ...facts, message: 'Later.' });
});

test('what was not written for callers is not told', () => {
  for (const error of [toGatewayError(new Error('/secret')), new GatewayError('/secret', { status: 400, expose: false })])
    expect(JSON.stringify(told(error))).not.toContain('secret');
});

test('the option that stands in the way is named at the end, by the name that the operator has for it', () => {
  const error = new GatewayError('That is too large.', {
    status: 413,
    code: 'x',
    option: 'bodies.maxBytes',
    headers: { connection: 'close' },
  });
  expect(toToldError(error).message).toBe('That is too large.');
  expect(toToldError(error, { other: 'x' }).message).toBe('That is too large.');
  const named = toToldError(error, { 'bodies.maxBytes': 'server.max_body_bytes' });
  expect(named).toMatchObject({ status: 413, message: 'That is too large (server.max_body_bytes).', headers: { connection: 'close' } });
});
