import type { Message } from '../turn/message.ts';

/**
 * Keeps conversations. All operations of one tenant are blind to those of every other. The contract suite in
 * `@claude-code-api/gateway/testing` says in tests what is said here.
 *
 * Every operation may throw a `GatewayError` 503 `storage_unavailable`: nothing has been changed then, as far as can be told.
 *
 * A store that is bounded gives each tenant a share. To stay within its bound it lets conversations go of the tenant that has most; a tenant
 * that is over its share loses its own. Those that expire soonest go first, and never the one that was just written.
 */
export interface ConversationStore {
  /**
   * Stores a new conversation, whole or not at all.
   *
   * @throws {GatewayError} 409 `conversation_exists` when there is one of this id, 413 when it is larger than the tenant's share.
   */
  create(tenant: string, conversation: NewConversation): Promise<ConversationInfo>;
  /**
   * The conversation with its items; undefined for an unknown or expired one.
   *
   * @throws {GatewayError} 500 `conversation_damaged` when some of its items can not be read.
   */
  read(tenant: string, id: string): Promise<Conversation | undefined>;
  /**
   * Appends items, whole or not at all, and puts off the expiry.
   *
   * @returns What the conversation is now; undefined when it is gone, or no longer of the version that the change follows.
   * @throws {GatewayError} 413 when it would be larger than the tenant's share.
   */
  append(tenant: string, id: string, change: ConversationChange): Promise<ConversationInfo | undefined>;
  /** Replaces the metadata, at any version, and puts off the expiry. Undefined for an unknown or expired conversation. */
  updateMetadata(tenant: string, id: string, metadata: Metadata): Promise<ConversationInfo | undefined>;
  /** Takes one item out; the conversation then has no digest. Undefined when there is no such conversation or item. */
  removeItem(tenant: string, id: string, itemId: string): Promise<ConversationInfo | undefined>;
  /** Removes the conversation with all its items. False for an unknown or expired one. */
  delete(tenant: string, id: string): Promise<boolean>;
  /** A page of the conversations, in the order of their ids, which is that of their creation. What it costs does not depend on how many there are. */
  list(tenant: string, page: PageRequest): Promise<ConversationPage>;
  /** The conversation whose present history has this digest; of several the one that came to it last. */
  find(tenant: string, digest: string): Promise<ConversationInfo | undefined>;
  /**
   * Holds a conversation, whether it exists or not, against all others who ask for it, on any server.
   *
   * @returns What gives it back, once; undefined while someone else holds it. A hold expires within seconds after its owner dies.
   */
  hold(tenant: string, id: string): Promise<(() => Promise<void>) | undefined>;
}

/** What is known of a conversation beside its items. Times are Unix times in milliseconds. */
export interface ConversationInfo {
  /** `conv_` and 32 hexadecimal digits that grow with the time of creation; see `newConversationId`. */
  readonly id: string;
  readonly createdAt: number;
  /** When it was last changed. */
  readonly updatedAt: number;
  /** When it will be gone unless it is changed before. */
  readonly expiresAt: number;
  readonly metadata: Metadata;
  /** Grows with every change of the items. */
  readonly version: number;
  readonly itemCount: number;
  /** The system prompt of its last turn; empty for none. */
  readonly system: string;
  /** The model that its last turn asked for; absent before the first. */
  readonly model?: string;
  /** Of its present history, as `digestHistory` makes it; absent where the history was not made by turns. */
  readonly digest?: string;
}

/** A conversation with all its items. */
export interface Conversation extends ConversationInfo {
  /** Oldest first. */
  readonly items: readonly ConversationItem[];
}

/** What callers note of a conversation: texts by name. The gateway takes 16 of them, names of 64 characters and texts of 512. */
export type Metadata = Readonly<Record<string, string>>;

/** A message, or a part of one that the Conversations API tells by itself: neighbours of one role make one message. */
export interface ConversationItem extends Message {
  /** `msg_`, `fc_` (a call), `fco_` (its result) or `rs_` (reasoning), and 32 hexadecimal digits; see `newItemId`. */
  readonly id: string;
  /** The model that was asked for when it was said; absent for what callers said. */
  readonly requestedModel?: string;
}

/** A conversation that is to be stored. Its fields are those of `ConversationInfo`. */
export interface NewConversation {
  readonly id: string;
  readonly metadata: Metadata;
  readonly system: string;
  readonly model?: string;
  readonly digest?: string;
  readonly items: readonly ConversationItem[];
}

/** What a turn, or a caller, adds to a conversation. */
export interface ConversationChange {
  /** The version that this follows. */
  readonly version: number;
  readonly items: readonly ConversationItem[];
  /** Absent: as before. */
  readonly system?: string;
  readonly model?: string;
  /** Absent: the conversation then has none. */
  readonly digest?: string;
}

/** Which page of a list is wanted. */
export interface PageRequest {
  /** 1 to 100. */
  readonly limit: number;
  /** `asc`: the oldest first. */
  readonly order: 'asc' | 'desc';
  /** Begins behind this id, which need not exist any more. */
  readonly after?: string;
}

/** A page of a list of conversations. */
export interface ConversationPage {
  readonly conversations: readonly ConversationInfo[];
  readonly hasMore: boolean;
}
