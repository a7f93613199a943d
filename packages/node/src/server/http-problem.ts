import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { openaiErrorBody, type Logger } from '@claude-code-api/gateway';

/** Why a request is refused before the gateway sees it. */
export interface HttpProblem {
  readonly status: number;
  readonly code: string;
  /** For the caller: what is wrong, and what to do. */
  readonly message: string;
}

export interface HttpProblemReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Says it as the gateway would: with OpenAI's error body and a request id, which is in the log too. The connection closes behind it.
 *
 * @param cause For the log alone: an error, or its code.
 */
export function toHttpProblemReply({ status, code, message }: HttpProblem, logger: Logger, cause?: unknown): HttpProblemReply {
  const requestId = `req_${randomUUID()}`;
  if (status >= 500) logger.error({ requestId, error: cause }, 'a request failed');
  else logger.info({ requestId, status, code, cause }, 'a request was refused before the gateway saw it');
  const body = JSON.stringify(openaiErrorBody({ status, code, message }));
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'content-length': String(new TextEncoder().encode(body).length),
      'x-request-id': requestId,
      connection: 'close',
    },
    body,
  };
}

/** An answer as it goes over the wire, for where Node gives a connection and nothing more. */
export function toHttpText({ status, headers, body }: HttpProblemReply): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', body].join('\r\n');
}
