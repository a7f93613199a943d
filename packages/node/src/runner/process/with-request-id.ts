import type { Logger } from '@claude-code-api/gateway';
import { withFields } from '@claude-code-api/gateway/runner-kit';

/** A logger whose every line names the request that it is about, where that is known. */
export function withRequestId(logger: Logger, requestId: string | undefined): Logger {
  return requestId === undefined ? logger : withFields(logger, { requestId });
}
