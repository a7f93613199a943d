import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request and its answer, as the mock's own functions pass it on. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Sent as the `request-id` header and in error bodies. */
  readonly requestId: string;
  /** Aborted when the connection closes, by whichever side, or the answer is complete. */
  readonly signal: AbortSignal;
  /** Closes the connection after what was written has been sent. */
  cut(): void;
}
