import type { Logger } from '../ports/logger.ts';

/** What every handler knows of its request; Hono's `Variables`. */
export interface RequestContext {
  readonly requestId: string;
  readonly logger: Logger;
}
