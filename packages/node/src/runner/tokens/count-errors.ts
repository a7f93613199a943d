import { GatewayError } from '@claude-code-api/gateway';
import type { Dispatcher } from 'undici';
import { type TurnFailure, toTurnError } from '@claude-code-api/gateway/messages-api';
import type { Headers } from './create-key-headers.ts';

/** A shorter header of the operator's is none, and may be any word. */
const shortestSecret = 8;

/** What the API says of what it does not count, as a turn's caller would hear it. */
export function toRefusal(
  { statusCode: status, headers }: Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>,
  error: { readonly type: string; readonly message: string } | undefined,
  model: string,
): GatewayError {
  const { 'request-id': requestId, 'retry-after': wait } = headers;
  // A redirection would take the key elsewhere: it is no answer.
  const answered = status >= 400 ? status : 502;
  const message = error?.message ?? `The API answered with the status ${status}.`;
  const refusal = toTurnError({ ...failureOf(model, message, answered), kind: error?.type, retryDelayMs: toMs(wait) });
  return typeof requestId === 'string' ? refusal.with({ upstreamRequestId: requestId }) : refusal;
}

export function noKey(model: string, cause: unknown): GatewayError {
  return toTurnError({ ...failureOf(model, 'its apiKeyHelper failed', 401), kind: 'authentication_error' }).with({ cause });
}

export function tooSlow(): GatewayError {
  return new GatewayError('The API did not count the tokens in time. Please try again.', { status: 504, code: 'timeout' });
}

export function notCounted(cause: unknown): GatewayError {
  return new GatewayError('The API that counts tokens can not be reached, or answers otherwise than it should. Please try again.', {
    status: 502,
    code: 'upstream_error',
    cause,
  });
}

/** The error without the secrets that the API was sent, which its message may repeat. */
export function withoutSecrets(error: GatewayError, headers: Headers): GatewayError {
  const secrets = Object.values(headers).map((value) => value.replace(/^Bearer /i, ''));
  const message = secrets
    .filter((secret) => secret.length >= shortestSecret)
    .reduce((text, secret) => text.replaceAll(secret, '********'), error.message);
  return message === error.message ? error : error.with({ message, cause: undefined });
}

function failureOf(model: string, message: string, status: number): TurnFailure {
  const result = { type: 'result' as const, subtype: 'error', is_error: true, num_turns: 0, api_error_status: status, result: message };
  return { result, kind: undefined, retryDelayMs: undefined, model };
}

function toMs(seconds: string | string[] | undefined): number | undefined {
  const wait = Number(seconds);
  return wait > 0 ? wait * 1000 : undefined;
}
