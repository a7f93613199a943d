import { badRequest } from '../../../gateway-error.ts';
import { parseBody } from '../../parse-body.ts';
import { requestSchema, type ChatCompletionRequest } from './request-schema.ts';

/** @throws {GatewayError} 400 for a body that is malformed or contradicts itself. */
export function parseRequest(body: unknown): ChatCompletionRequest {
  const request = parseBody(requestSchema, body, { parameters: 'input_schema' });
  if (!request.top_logprobs || request.logprobs === true) return request;
  throw badRequest("Invalid value for 'top_logprobs': it needs 'logprobs' to be true.", 'top_logprobs');
}
