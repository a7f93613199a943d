import type { GatewayError } from '../gateway-error.ts';

/** The `type` of an error in OpenAI's words. */
export function openaiErrorType({ status, code, resource }: Pick<GatewayError, 'status' | 'code' | 'resource'>): string {
  if (status >= 500) return 'server_error';
  if (status === 429) return code === 'insufficient_quota' ? code : resource;
  if (status === 403) return 'permission_error';
  return code === 'claude_not_logged_in' ? 'authentication_error' : 'invalid_request_error';
}
