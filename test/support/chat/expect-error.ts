import { expect } from 'vitest';
import { readStream } from './read-stream.ts';

export interface ExpectedError {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
  readonly param?: string | null;
  readonly message?: RegExp;
  readonly retryAfter?: string | RegExp;
  readonly shouldRetry?: string;
}

/** What no caller is to be told: where things are on the server, and whom it talks to. */
const secrets = /127\.0\.0\.1|localhost|::1|\/tmp|\/home|\/root|\/etc|node_modules|sk-ant|\.(?:ts|js|exe)\b|    at |<html/i;

/** Checks an error body: all four keys, no other, and nothing in it that is not for a caller. */
function expectErrorBody(body: unknown, expected: ExpectedError): void {
  const { type, code, param = null, message = /./ } = expected;
  expect(body).toEqual({ error: { message: expect.stringMatching(message), type, code, param } });
  expect(JSON.stringify(body)).not.toMatch(secrets);
}

/** Checks a response that is an error. */
export async function expectErrorResponse(response: Response, expected: ExpectedError): Promise<void> {
  const text = await response.text();
  expect(response.status, `answered ${text}`).toBe(expected.status);
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  const retryAfter = response.headers.get('retry-after');
  if (expected.retryAfter instanceof RegExp) expect(retryAfter).toMatch(expected.retryAfter);
  else expect(retryAfter).toBe(expected.retryAfter ?? null);
  expect(response.headers.get('x-should-retry')).toBe(expected.shouldRetry ?? null);
  expect(response.headers.get('x-request-id')).toMatch(/./);
  expectErrorBody(JSON.parse(text), expected);
}

/** Checks a stream that has begun, and then says what went wrong before it is done. */
export async function expectErrorInStream(response: Response, expected: ExpectedError & { readonly text: string }): Promise<void> {
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const stream = await readStream(response);
  expect(stream).toMatchObject({ text: expected.text, finishReasons: [], isDone: true });
  expect(stream.errors).toHaveLength(1);
  expectErrorBody(stream.errors[0], expected);
}
