import { badRequest, GatewayError } from '../gateway-error.ts';

/** The 404 for a response that is unknown, has expired, was not to be kept, or belongs to another tenant. */
export function responseNotFound(id: string): GatewayError {
  return new GatewayError(
    `Response with id '${id}' not found. It may have expired or been deleted, or it was asked for with \`store: false\`.`,
    { status: 404, code: 'response_not_found' },
  );
}

/** The 400 for a request that goes on with such a response. */
export function previousResponseNotFound(id: string): GatewayError {
  return badRequest(
    `Previous response with id '${id}' not found. It may have expired or been deleted, or it was asked for with \`store: false\`: send the whole input.`,
    'previous_response_id',
    'previous_response_not_found',
  );
}
