import type { ConversationInfo, ConversationItem } from '../ports/conversation-store.ts';

/** A conversation in the hands of one turn: nobody else changes it meanwhile. */
export interface HeldConversation {
  readonly tenant: string;
  readonly id: string;
  /** What was stored of it; undefined for one that begins with this turn. */
  readonly info: ConversationInfo | undefined;
  /** Its items, oldest first, of one that begins those that it is to begin with; undefined where they were not read, since the caller has brought them. */
  readonly items: readonly ConversationItem[] | undefined;
  /** Whether all that the turn brings is new to it, its system prompt too. Default: false. */
  readonly isFollowed?: boolean;
  /** Lets others have it. More than once is the same as once; never throws. */
  release(): Promise<void>;
}
