import { expect, test } from 'vitest';
import { GatewayError, type GatewayErrorOptions } from '../../gateway-error.ts';
import { openaiErrorBody } from './openai-error.ts';

test.each<[GatewayErrorOptions, string]>([
  [{ status: 400, code: 'invalid_value' }, 'invalid_request_error'],
  [{ status: 401 }, 'invalid_request_error'],
  [{ status: 401, code: 'invalid_api_key' }, 'invalid_request_error'],
  [{ status: 401, code: 'claude_not_logged_in' }, 'authentication_error'],
  [{ status: 403 }, 'permission_error'],
  [{ status: 404, code: 'model_not_found' }, 'invalid_request_error'],
  [{ status: 409 }, 'invalid_request_error'],
  [{ status: 413 }, 'invalid_request_error'],
  [{ status: 429, code: 'rate_limit_exceeded' }, 'requests'],
  [{ status: 429, code: 'rate_limit_exceeded', resource: 'tokens' }, 'tokens'],
  [{ status: 429, code: 'insufficient_quota' }, 'insufficient_quota'],
  [{ status: 500 }, 'server_error'],
  [{ status: 503, code: 'overloaded' }, 'server_error'],
])('%j is of the type %s', (options, type) => {
  expect(openaiErrorBody(new GatewayError('x', options)).error.type).toBe(type);
});
