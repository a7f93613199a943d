import type { IncomingHttpHeaders } from 'node:http';

/** A request that the mock has read. */
export interface RecordedRequest {
  readonly method: string;
  /** With the query, as in `/v1/messages?beta=true`. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON; the raw text if it is not JSON; undefined if there is none, or one of more than 256 MiB. */
  readonly body: unknown;
  /** When its head had arrived, by `performance.now()`, in milliseconds. */
  readonly receivedAt: number;
  /** When the client closed the connection before the reply was complete, by the same clock. */
  readonly closedEarlyAt?: number;
}
