import { isMessagesBody } from './is-messages-body.ts';
import type { RecordedMessages } from './recorded-messages.ts';
import type { RecordedRequest } from './recorded-request.ts';
import { toRoute } from './to-route.ts';

/** Tells whether a request is a POST /v1/messages with a well-formed body. */
export function isRecordedMessages(request: RecordedRequest): request is RecordedMessages {
  return toRoute(request.method, request.path) === 'POST /v1/messages' && isMessagesBody(request.body);
}
