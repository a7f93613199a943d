import { STATUS_CODES } from 'node:http';
import type { HttpProblemReply } from './http-problem.ts';

/** An answer as it goes over the wire, for where Node gives a connection and nothing more. */
export function toHttpText({ status, headers, body }: HttpProblemReply): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', body].join('\r\n');
}
