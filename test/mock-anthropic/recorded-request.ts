import type { IncomingHttpHeaders } from 'node:http';
import { isMessagesBody, type MessagesBody } from './messages-body.ts';

/** A request that the mock has read. */
export interface RecordedRequest {
  readonly method: string;
  /** With the query, as in `/v1/messages?beta=true`. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON; the raw text if it is not JSON; undefined if there is none, or one of more than 32 MiB. */
  readonly body: unknown;
  /** When its head had arrived, by `performance.now()`, in milliseconds. */
  readonly receivedAt: number;
  /** When the client closed the connection before the reply was complete, by the same clock. */
  readonly closedEarlyAt?: number;
}

/** A recorded POST /v1/messages with a well-formed body. */
export interface RecordedMessages extends RecordedRequest {
  readonly body: MessagesBody;
}

/** Tells whether a request is a POST /v1/messages with a well-formed body. */
export function isRecordedMessages(request: RecordedRequest): request is RecordedMessages {
  return toRoute(request.method, request.path) === 'POST /v1/messages' && isMessagesBody(request.body);
}

/** The method and the path without its query, as in `POST /v1/messages`. */
export function toRoute(method: string, path: string): string {
  const [pathname = ''] = path.split('?', 1);
  return `${method} ${pathname}`;
}
