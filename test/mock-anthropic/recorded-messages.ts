import type { MessagesBody } from './messages-body.ts';
import type { RecordedRequest } from './recorded-request.ts';

/** A recorded POST /v1/messages with a well-formed body. */
export interface RecordedMessages extends RecordedRequest {
  readonly body: MessagesBody;
}
