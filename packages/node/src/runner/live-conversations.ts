import type { CliConversation } from './cli-conversation.ts';

export interface LiveConversationsOptions {
  /** As many processes wait for a follow-up at most; the one that waits longest goes first. */
  readonly maxLive: number;
  /** The longest wait for a follow-up. */
  readonly idleMs: number;
}

export interface LiveConversations {
  /** Keeps a conversation for whoever continues it from exactly this digest of its history. */
  put(digest: string, conversation: CliConversation): void;
  /** Hands the conversation over; it is then the taker's. */
  take(digest: string): CliConversation | undefined;
  readonly size: number;
  /** Waits for nobody any more; the processes are ended by whoever started them. */
  close(): void;
}

interface Live {
  readonly conversation: CliConversation;
  readonly timer: NodeJS.Timeout;
}

/** The processes that stay alive after their turn, found again by the exact history that they hold. */
export function createLiveConversations(options: LiveConversationsOptions): LiveConversations {
  const live = new Map<string, Live>();

  function remove(digest: string): CliConversation | undefined {
    const found = live.get(digest);
    if (found === undefined) return undefined;
    clearTimeout(found.timer);
    live.delete(digest);
    return found.conversation;
  }

  function drop(digest: string): void {
    void remove(digest)?.stop();
  }

  return {
    put(digest, conversation) {
      drop(digest);
      if (options.maxLive === 0) return void conversation.stop();
      const timer = setTimeout(() => drop(digest), options.idleMs);
      timer.unref();
      live.set(digest, { conversation, timer });
      const [oldest] = live.keys();
      if (live.size > options.maxLive && oldest !== undefined) drop(oldest);
    },
    take: remove,
    get size() {
      return live.size;
    },
    close() {
      for (const { timer } of live.values()) clearTimeout(timer);
      live.clear();
    },
  };
}
