import type { Conversation, ConversationInfo, ConversationStore } from '../ports/conversation-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { Sha256 } from '../ports/sha256.ts';
import type { Turn } from '../turn/turn.ts';
import { conversationBusy } from './conversation-busy.ts';
import { conversationNotFound } from './conversation-not-found.ts';
import { createMessageDigests, type MessageDigests } from './create-message-digests.ts';
import { digestHistory, type History } from './digest-history.ts';
import type { HeldConversation } from './held-conversation.ts';
import { newConversationId } from './new-conversation-id.ts';
import { pause } from '../pause.ts';

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
  /** The conversation whose whole history the caller has brought; a new one when there is none, or another turn goes on with it. */
  recognise(turn: Turn): Promise<HeldConversation>;
}

const firstPauseMs = 10;
const longestPauseMs = 160;

export function createConversations({ store, busyTimeoutMs, sha256, logger }: ConversationsOptions): Conversations {
  const digestsOf = createMessageDigests(sha256);

  async function hold(tenant: string, id: string): Promise<(() => Promise<void>) | undefined> {
    const giveBack = await store.hold(tenant, id);
    if (giveBack === undefined) return undefined;
    let given = false;
    return async () => {
      if (given) return;
      given = true;
      try {
        await giveBack();
      } catch (error) {
        // It is lost by itself soon.
        logger.warn({ error, conversation: id }, 'a conversation could not be given back');
      }
    };
  }

  async function holdPatiently(tenant: string, id: string, signal: AbortSignal): Promise<() => Promise<void>> {
    const deadline = performance.now() + busyTimeoutMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      const release = await hold(tenant, id);
      if (release !== undefined) return release;
      if (performance.now() + pauseMs > deadline) throw conversationBusy(id);
      await pause(pauseMs, signal);
    }
  }

  /** Who comes second is told of a stored history that is no longer the present one. */
  async function holdAt(tenant: string, digest: string): Promise<HeldConversation | undefined> {
    const found = await store.find(tenant, digest);
    const release = found === undefined ? undefined : await hold(tenant, found.id);
    if (found === undefined || release === undefined) return undefined;
    try {
      const info = await store.find(tenant, digest);
      if (info?.id === found.id) return { tenant, id: info.id, info, items: undefined, release };
    } catch (error) {
      await release();
      throw error;
    }
    await release();
    return undefined;
  }

  /** Those who read its id in a stream that still runs are to hear that it is busy. */
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
        return { tenant, id, info: infoOf(found), items: found.items, release };
      } catch (error) {
        await release();
        throw error;
      }
    },

    async recognise(turn) {
      const answered = turn.messages.findLastIndex((message) => message.role === 'assistant') + 1;
      if (answered === 0 || answered === turn.messages.length) return begin(turn.tenant);
      const digest = await digestHistory({ ...turn, messages: turn.messages.slice(0, answered) }, sha256, digestsOf);
      const held = await holdAt(turn.tenant, digest);
      if (held === undefined) return begin(turn.tenant);
      // The caller could not bring what Claude thought before it called, nor what an agent did, nor ids that it has changed.
      if (!needsThinking(turn) && !hasBareIds(turn) && turn.profile === undefined) return held;
      try {
        const read = await store.read(turn.tenant, held.id);
        return { ...held, items: read?.items };
      } catch (error) {
        await held.release();
        throw error;
      }
    },
  };
}

function infoOf(conversation: Conversation): ConversationInfo {
  const { items: _, ...info } = conversation;
  return info;
}

function needsThinking(turn: Turn): boolean {
  return turn.thinking?.type !== 'off' && turn.messages.at(-1)?.content.some((block) => block.type === 'tool_result') === true;
}

function hasBareIds(turn: Turn): boolean {
  return turn.messages.at(-1)?.content.some((block) => block.type === 'tool_result' && !block.tool_use_id.includes('_')) === true;
}
