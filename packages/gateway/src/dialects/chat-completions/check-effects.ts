import { GatewayError } from '../../gateway-error.ts';
import { ineffectiveKeys } from './parameters.ts';
import type { ChatCompletionRequest } from './request-schema.ts';

/**
 * The keys of a request that will have no effect.
 *
 * @param untaken Keys of which the model takes nothing.
 * @throws {GatewayError} 400 for the first of them in strict mode; in any mode for a request that contradicts itself.
 */
export function checkEffects(request: ChatCompletionRequest, strict: boolean, untaken: readonly string[] = []): string[] {
  if (request.top_logprobs && request.logprobs !== true) {
    throw invalid('invalid_value', 'top_logprobs', "Invalid value for 'top_logprobs': it needs 'logprobs' to be true.");
  }
  const keys = [...ineffectiveKeys(request), ...untaken];
  const [first] = keys;
  if (strict && first !== undefined) {
    throw invalid(
      'unsupported_parameter',
      first,
      `Unsupported parameter: '${first}' has no effect on Claude, and this request is strict about that.`,
    );
  }
  return keys;
}

function invalid(code: string, param: string, message: string): GatewayError {
  return new GatewayError(message, { status: 400, type: 'invalid_request_error', code, param });
}
