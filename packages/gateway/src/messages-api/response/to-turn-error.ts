import { GatewayError } from '../../gateway-error.ts';
import { type FailedResult, isContextTooLong, isLastingLimit, isLoginRefused } from './failed-result.ts';

/** How the CLI, or the API, reports a turn that failed. */
export interface TurnFailure {
  readonly result: FailedResult;
  /** The `error` of the CLI's last assistant line, such as `authentication_failed`. */
  readonly kind: string | undefined;
  /** What the CLI itself last waited before trying again, in milliseconds. */
  readonly retryDelayMs: number | undefined;
  readonly model: string;
}

/** Makes the error for the caller out of a turn that the CLI reports as failed. */
export function toTurnError(failure: TurnFailure): GatewayError {
  const { result, kind, model } = failure;
  const message = plainMessage(result.result ?? '');
  const retryAfterSeconds = Math.max(1, Math.ceil((failure.retryDelayMs ?? 5000) / 1000));
  if (isContextTooLong(result)) return contextTooLong(message);
  // The CLI thinks of pictures whenever a request is too large, and says so when it has asked.
  if (result.terminal_reason === 'image_error' && result.api_error_status !== 413) return badPicture(message);
  if (kind === 'billing_error' || result.api_error_status === 402) return noCredit(message);
  if (isLoginRefused(result, kind)) return notLoggedIn(message);
  if (isLastingLimit(result)) return noQuota(message);
  const status = result.api_error_status ?? 0;
  switch (status) {
    case 403:
      return new GatewayError(message, { status: 403 });
    case 404:
      return new GatewayError(`The model \`${model}\` does not exist or you do not have access to it.`, {
        status: 404,
        code: 'model_not_found',
      });
    case 413:
      return new GatewayError(message, { status: 413, code: 'request_too_large' });
    case 429:
      return new GatewayError(`Rate limit reached: ${message}`, {
        status: 429,
        code: 'rate_limit_exceeded',
        retryAfterSeconds,
      });
    case 529:
      return new GatewayError(message, { status: 503, code: 'overloaded', retryAfterSeconds });
    // Nothing is wrong with the request: whoever asks again may be answered.
    case 408:
    case 409:
    case 0:
      return upstreamUnreachable(message);
    default:
      // A request that is wrong in another way is a 400: some clients repeat any status that they don't know.
      return status < 500 ? new GatewayError(message, { status: 400 }) : new GatewayError(message, { status: 500 });
  }
}

function contextTooLong(message: string): GatewayError {
  return new GatewayError(
    `The messages exceed this model's maximum context length. Please reduce the length of the messages. (${message})`,
    {
      status: 400,
      code: 'context_length_exceeded',
      param: 'messages',
    },
  );
}

/** Which one it is the CLI does not say. */
function badPicture(message: string): GatewayError {
  return new GatewayError(`Claude can't take a picture of this request: ${message}`, {
    status: 400,
    code: 'invalid_value',
    param: 'messages',
  });
}

/** Asking again brings nothing before the operator has paid. */
function noCredit(message: string): GatewayError {
  return new GatewayError(`The Anthropic account of this server has no credit left: ${message}. Its operator can add some.`, {
    status: 429,
    code: 'insufficient_quota',
    shouldRetry: false,
  });
}

/** Asking again within seconds, as clients do, brings nothing either. */
function noQuota(message: string): GatewayError {
  return new GatewayError(`What the Anthropic account of this server may use does not allow this: ${message}`, {
    status: 429,
    code: 'insufficient_quota',
    shouldRetry: false,
  });
}

/** The operator's login failed, not the caller's: a caller can't mend it by asking again. */
function notLoggedIn(message: string): GatewayError {
  return new GatewayError(
    `Claude Code on the server is not logged in, or its login was refused: ${message}. Its operator can renew it: \`claude-code-api doctor\` says how.`,
    {
      status: 401,
      code: 'claude_not_logged_in',
    },
  );
}

function upstreamUnreachable(message: string): GatewayError {
  return new GatewayError(message === '' ? 'The turn failed upstream.' : message, {
    status: 502,
    code: 'upstream_error',
  });
}

/** The CLI's own advice for people at its terminal is of no use to a caller. */
function plainMessage(text: string): string {
  return text
    .replace(/^(Failed to authenticate\. )?API Error: (\d{3} |Request rejected \(\d{3}\) · )?/, '')
    .replace(/ This is a server-side issue, usually temporary.*$/s, '')
    .trim();
}
