import { withFields, type Logger } from '@claude-code-api/gateway';

/** A logger whose every line names the request that it is about, where that is known. */
export function withRequestId(logger: Logger, requestId: string | undefined): Logger {
  return requestId === undefined ? logger : withFields(logger, { requestId });
}
