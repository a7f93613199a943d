import type { JsonObject } from '../../../turn/tool.ts';
import { toCancelled, toEventFrame } from './stream-event.ts';

/**
 * Ends a response whose server has gone: nobody knows more of it than what it has told.
 *
 * @param told The response as it was told last.
 * @param count How many events were told.
 * @param isCancelled Whether its caller wanted its end.
 */
export function toLostResponse(
  told: JsonObject,
  count: number,
  isCancelled: boolean,
): { readonly told: JsonObject; readonly events: string[] } {
  if (isCancelled) {
    const response = { ...told, status: 'cancelled' };
    return { told: response, events: [toEventFrame(toCancelled(response), count)] };
  }
  const error = {
    code: 'server_error',
    message: 'The server that ran this response has ended, and the response with it. Please ask again.',
  };
  const response = { ...told, status: 'failed', error };
  const failure = { type: 'error', ...error, param: null, error: { type: 'server_error', ...error, param: null } };
  return {
    told: response,
    events: [toEventFrame(failure, count), toEventFrame({ type: 'response.failed', ...{ response } }, count + 1)],
  };
}
