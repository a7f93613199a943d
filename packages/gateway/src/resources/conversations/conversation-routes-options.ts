import type { MediaAccess } from '../../media/media-access.ts';
import type { ConversationStore } from '../../ports/conversation-store.ts';

export interface ConversationRoutesOptions {
  readonly store: ConversationStore;
  /** Called when a conversation has been deleted; that it fails is only logged. */
  readonly forget: (tenant: string, id: string) => Promise<void>;
  readonly media: MediaAccess;
  /** What the pictures and documents of a request may take together. */
  readonly maxBodyBytes: number;
}
