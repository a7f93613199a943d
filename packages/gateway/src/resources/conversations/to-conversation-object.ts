import type { ConversationInfo, Metadata } from '../../ports/conversation-store.ts';

/** OpenAI's four fields, then ours. Times are Unix times in seconds. */
export interface ConversationObject {
  readonly id: string;
  readonly object: 'conversation';
  readonly created_at: number;
  readonly metadata: Metadata;
  readonly updated_at: number;
  readonly expires_at: number;
  /** The model that its last turn asked for. */
  readonly model: string | null;
  /** How many items it has. */
  readonly message_count: number;
}

/** Tells what is known of a conversation beside its items. */
export function toConversationObject(info: ConversationInfo): ConversationObject {
  return {
    id: info.id,
    object: 'conversation',
    created_at: toSeconds(info.createdAt),
    metadata: info.metadata,
    updated_at: toSeconds(info.updatedAt),
    expires_at: toSeconds(info.expiresAt),
    model: info.model ?? null,
    message_count: info.itemCount,
  };
}

function toSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
