import type { MediaAccess } from '../../media/media-access.ts';
import type { ConversationStore } from '../../ports/conversation-store.ts';

export interface ConversationRoutesOptions {
  readonly store: ConversationStore;
  /** Whose conversations a request is about; it sees no others. */
  readonly tenantOf: (request: Request) => string | Promise<string>;
  readonly media: MediaAccess;
  readonly maxBodyBytes: number;
}
