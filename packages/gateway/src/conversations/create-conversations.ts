import type { Conversation, ConversationInfo, ConversationStore } from '../ports/conversation-store.ts';
import type { ResponsePosition } from '../ports/response-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { Sha256 } from '../ports/sha256.ts';
import type { Turn } from '../turn/turn.ts';
import { conversationNotFound } from './conversation-errors.ts';
import { createHolds, type HeldConversation } from './create-holds.ts';
import { createMessageDigests, digestHistory, type History, type MessageDigests } from './digest-history.ts';
import { newConversationId } from './ids.ts';

export interface ConversationsOptions {
  readonly store: ConversationStore;
  /** The longest wait for a conversation that another turn holds, before a 409. */
  readonly busyTimeoutMs: number;
  readonly sha256: Sha256;
  readonly logger: Logger;
}

/** Finds the conversation that a turn belongs to, and holds it for the turn. */
export interface Conversations {
  readonly store: ConversationStore;
  readonly digestsOf: MessageDigests;
  /** See `digestHistory`. */
  digest(history: History): Promise<string>;
  /**
   * The conversation that the caller has named, with its items.
   *
   * @throws {GatewayError} 404 for an unknown or expired one, 409 for one that is busy.
   */
  resume(tenant: string, id: string, signal: AbortSignal): Promise<HeldConversation>;
  /**
   * The conversation of an earlier answer, to go on behind it: where something else has followed already, or another turn goes on with it, a new
   * one that begins with the same items. Undefined when it, or the answer in it, is gone.
   */
  follow(tenant: string, position: ResponsePosition): Promise<HeldConversation | undefined>;
  /** The conversation whose whole history the caller has brought; a new one when there is none, or another turn goes on with it. */
  recognise(turn: Turn): Promise<HeldConversation>;
}

export function createConversations({ store, busyTimeoutMs, sha256, logger }: ConversationsOptions): Conversations {
  const digestsOf = createMessageDigests(sha256);

  const { hold, holdPatiently } = createHolds(store, busyTimeoutMs, logger);

  /** Who comes second is told of a stored history that is no longer the present one. */
  async function holdAt(turn: Turn, digest: string): Promise<HeldConversation | undefined> {
    const { tenant } = turn;
    const found = await store.find(tenant, digest);
    const release = found === undefined ? undefined : await hold(tenant, found.id);
    if (found === undefined || release === undefined) return undefined;
    try {
      const now = needsItems(turn) ? await store.read(tenant, found.id) : await store.find(tenant, digest);
      if (now?.id === found.id && now.digest === digest) return { tenant, id: now.id, ...apart(now), release };
    } catch (error) {
      await release();
      throw error;
    }
    await release();
    return undefined;
  }

  /** A new conversation is held at once: a client that reads its id in a stream that still runs must hear that it is busy. */
  async function begin(tenant: string): Promise<HeldConversation> {
    const id = newConversationId();
    return { tenant, id, info: undefined, items: undefined, release: (await hold(tenant, id)) ?? (async () => {}) };
  }

  return {
    store,
    digestsOf,
    digest: (history) => digestHistory(history, sha256, digestsOf),

    async resume(tenant, id, signal) {
      const release = await holdPatiently(tenant, id, signal);
      try {
        const found = await store.read(tenant, id);
        if (found === undefined) throw conversationNotFound(id);
        return { tenant, id, ...apart(found), release };
      } catch (error) {
        await release();
        throw error;
      }
    },

    async follow(tenant, { conversation: id, lastItem }) {
      let release = await hold(tenant, id);
      try {
        const found = await store.read(tenant, id);
        const last = found?.items.findLastIndex((item) => item.id === lastItem) ?? -1;
        if (found === undefined || last === -1) return undefined;
        const items = found.items.slice(0, last + 1);
        if (release === undefined || items.length < found.items.length) return { ...(await begin(tenant)), items, isFollowed: true };
        const held = { tenant, id, info: apart(found).info, items, isFollowed: true, release };
        release = undefined;
        return held;
      } finally {
        await release?.();
      }
    },

    async recognise(turn) {
      const answered = turn.messages.findLastIndex((message) => message.role === 'assistant') + 1;
      if (answered === 0 || answered === turn.messages.length) return begin(turn.tenant);
      const digest = await digestHistory({ ...turn, messages: turn.messages.slice(0, answered) }, sha256, digestsOf);
      return (await holdAt(turn, digest)) ?? begin(turn.tenant);
    },
  };
}

function apart({ items, ...info }: ConversationInfo & Partial<Pick<Conversation, 'items'>>): Pick<HeldConversation, 'info' | 'items'> {
  return { info, items };
}

/** The caller could not bring what Claude thought before it called, nor what an agent did, nor ids that it has changed. */
function needsItems(turn: Turn): boolean {
  return needsThinking(turn) || hasBareIds(turn) || turn.profile !== undefined;
}

function needsThinking(turn: Turn): boolean {
  return turn.thinking?.type !== 'off' && turn.messages.at(-1)?.content.some((block) => block.type === 'tool_result') === true;
}

function hasBareIds(turn: Turn): boolean {
  return turn.messages.at(-1)?.content.some((block) => block.type === 'tool_result' && !block.tool_use_id.includes('_')) === true;
}
