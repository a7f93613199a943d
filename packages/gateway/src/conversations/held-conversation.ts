import type { ConversationInfo, ConversationItem } from '../ports/conversation-store.ts';

/** A conversation in the hands of one turn: nobody else changes it meanwhile. */
export interface HeldConversation {
  readonly tenant: string;
  readonly id: string;
  /** What was stored of it; undefined for one that begins with this turn. */
  readonly info: ConversationInfo | undefined;
  /** Its items, oldest first; undefined where they were not read, since the caller has brought them. */
  readonly items: readonly ConversationItem[] | undefined;
  /** Lets others have it. More than once is the same as once; never throws. */
  release(): Promise<void>;
}
