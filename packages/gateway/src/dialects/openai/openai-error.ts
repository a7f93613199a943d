import type { GatewayError } from '../../gateway-error.ts';

/** OpenAI's error body; all four keys are always there. */
export interface OpenaiErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
}

/** What OpenAI's error body tells. */
export type OpenaiError = Pick<GatewayError, 'message' | 'status' | 'code'> & Partial<Pick<GatewayError, 'param' | 'resource'>>;

/** Makes OpenAI's error body: the one place that does. */
export function openaiErrorBody({ message, param = null, ...facts }: OpenaiError): OpenaiErrorBody {
  return { error: { message, type: typeOf(facts), param, code: facts.code } };
}

/** In OpenAI's words. */
function typeOf({ status, code, resource = 'requests' }: Omit<OpenaiError, 'message' | 'param'>): string {
  if (status >= 500) return 'server_error';
  if (status === 429) return code === 'insufficient_quota' ? code : resource;
  if (status === 403) return 'permission_error';
  return code === 'claude_not_logged_in' ? 'authentication_error' : 'invalid_request_error';
}
