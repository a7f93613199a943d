import { expect, test } from 'vitest';
import { GatewayError } from './gateway-error.ts';

const whole = {
  status: 429,
  code: 'rate_limit_exceeded',
  param: 'model',
  expose: false,
  retryAfterSeconds: 7,
  headers: { 'x-more': '1' },
  shouldRetry: true,
};

test('a changed copy has all the rest, and the first as its cause', () => {
  const first = new GatewayError('Later.', whole);
  const copy = first.with({ shouldRetry: false });
  expect(GatewayError.isInstance(copy)).toBe(true);
  expect(Object.entries(copy)).toEqual(Object.entries(first).map(([name, value]) => [name, name === 'shouldRetry' ? false : value]));
  expect([copy.message, copy.cause]).toEqual(['Later.', first]);
  const other = { status: 400, code: 'x', param: 'y', expose: true, retryAfterSeconds: 1, headers: {} };
  expect(first.with(other)).toMatchObject(other);
});

test('what an error does not have its copy has not either', () => {
  const bare = new GatewayError('No.', { status: 400 });
  expect(bare.with({})).toMatchObject({ code: null, param: null, expose: true, retryAfterSeconds: undefined, shouldRetry: undefined });
});
