import { badRequest } from '../../../gateway-error.ts';
import { parseBody } from '../../parse-body.ts';
import { requestSchema, type ResponsesBody } from './request-schema.ts';
import { toToolset, type Toolset } from './to-toolset.ts';

/** A request that has been read, with what its reply is made by. */
export interface ResponsesRequest {
  readonly body: ResponsesBody;
  readonly toolset: Toolset;
  /** Whether it goes on with a conversation or response that is kept here. */
  readonly goesOn: boolean;
}

/** @throws {GatewayError} 400 for a body that is malformed, contradicts itself, or asks for what is not there. */
export function parseRequest(given: unknown, headers: Headers): ResponsesRequest {
  const body = parseBody(requestSchema, given);
  const { previous_response_id: previous, conversation } = body;
  if (previous && conversation)
    throw badRequest(
      "Invalid value for 'previous_response_id': it can't stand beside 'conversation'. Send one of them.",
      'previous_response_id',
      'mutually_exclusive_parameters',
    );
  if (previous && headers.get('x-conversation-id'))
    throw badRequest(
      "Invalid value for 'previous_response_id': it can't stand beside the header 'x-conversation-id'. Send one of them.",
      'previous_response_id',
      'mutually_exclusive_parameters',
    );
  if (body.background === true && body.store === false)
    throw badRequest(
      "Invalid value for 'background': what runs in the background must be stored. Leave out `store: false`.",
      'background',
      'unsupported_value',
    );
  if (body.prompt)
    throw badRequest(
      "Unsupported parameter: 'prompt'. Templates can't be stored here: send their text.",
      'prompt',
      'unsupported_parameter',
    );
  const goesOn = Boolean(previous) || Boolean(conversation) || headers.has('x-conversation-id');
  return { body, toolset: toToolset(body), goesOn };
}
