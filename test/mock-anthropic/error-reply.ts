import type { ErrorReply } from './reply.ts';

/** An HTTP error with Anthropic's error body, as in `errorReply(529, 'overloaded_error', 'Overloaded')`. */
export function errorReply(status: number, type: string, message: string, headers: Readonly<Record<string, string>> = {}): ErrorReply {
  return { kind: 'error', status, errorType: type, message, headers };
}
