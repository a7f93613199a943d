import type { ConversationInfo, ConversationItem, ConversationStore } from '../ports/conversation-store.ts';
import type { Logger } from '../ports/logger.ts';
import { pause } from '../basics/waiting.ts';
import { conversationBusy } from './conversation-errors.ts';

/** Gives a conversation back; more than once is the same as once, and it never fails. */
type Release = () => Promise<void>;

export interface Holds {
  /** Undefined while someone else holds it. */
  readonly hold: (tenant: string, id: string) => Promise<Release | undefined>;
  /** @throws {GatewayError} 409 for one that stays busy. */
  readonly holdPatiently: (tenant: string, id: string, signal: AbortSignal) => Promise<Release>;
}

const firstPauseMs = 10;
const longestPauseMs = 160;

/** Makes what holds conversations for turns. */
export function createHolds(store: ConversationStore, busyTimeoutMs: number, logger: Logger): Holds {
  async function hold(tenant: string, id: string): Promise<Release | undefined> {
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

  return {
    hold,
    async holdPatiently(tenant, id, signal) {
      const deadline = performance.now() + busyTimeoutMs;
      for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
        const release = await hold(tenant, id);
        if (release !== undefined) return release;
        if (performance.now() + pauseMs > deadline) throw conversationBusy(id);
        await pause(pauseMs, signal);
      }
    },
  };
}

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
