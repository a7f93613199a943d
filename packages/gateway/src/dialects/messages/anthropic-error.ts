import type { GatewayError } from '../../gateway-error.ts';

/**
 * Anthropic's error body.
 *
 * @see https://docs.anthropic.com/en/api/errors
 */
export interface AnthropicErrorBody {
  readonly type: 'error';
  readonly error: {
    readonly type: string;
    readonly message: string;
    /** What exactly is wrong, for programs, in this server's words. */
    readonly details?: { readonly error_code: string };
  };
  readonly request_id: string;
}

export function anthropicErrorBody(
  error: Pick<GatewayError, 'message' | 'status' | 'code' | 'param'>,
  requestId: string,
): AnthropicErrorBody {
  const { code } = error;
  // Claude Code looks for these words, and makes room then; the CLI keeps the numbers behind them to itself.
  const isTooLong = code === 'context_length_exceeded' && !error.message.startsWith('prompt is too long');
  const message = isTooLong ? `prompt is too long: ${error.message}` : withParam(error);
  return {
    type: 'error',
    error: { type: typeOf(error), message, ...(code !== null && { details: { error_code: code } }) },
    request_id: requestId,
  };
}

/** The message is the one place that tells which field is malformed. */
function withParam({ code, message, param }: Pick<GatewayError, 'code' | 'message' | 'param'>): string {
  return code !== 'invalid_value' || param === null || message.includes(param) ? message : `${param}: ${message}`;
}

const typesByStatus: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

function typeOf({ status, code }: Pick<GatewayError, 'status' | 'code'>): string {
  // Asking again brings nothing: clients that read the type don't.
  if (status === 429 && code === 'insufficient_quota') return 'billing_error';
  return typesByStatus[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
}
