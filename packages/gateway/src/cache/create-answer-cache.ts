import { createPresence } from '../basics/presence.ts';
import type { Logger } from '../ports/logger.ts';
import type { CachedAnswer, ResponseCache } from '../ports/response-cache.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import type { CacheWish } from './read-cache-wish.ts';
import { readSharedTurn } from './read-shared-turn.ts';
import { replayAnswer, toKeptEvents } from './kept-events.ts';
import { createSharedTurn, type SharedTurn, type StartTurn } from './shared-turn.ts';

export interface AnswerCacheOptions {
  readonly cache: ResponseCache;
  readonly logger: Logger;
  /** Unix time in milliseconds. Default: the clock's. */
  readonly now?: () => number;
}

export interface AnswerCache {
  /**
   * Gets a turn's events from wherever they come soonest. Nothing runs before they are iterated, which can be done once; who
   * does not iterate them aborts `signal` or calls `return()`.
   *
   * @throws The signal's reason when it is aborted, here and in the iteration.
   */
  run(options: AnswerCacheRun): Promise<AnswerCacheResult>;
}

export interface AnswerCacheRun {
  /** See `cacheKey`. */
  readonly key: string;
  /** Whose the answer is. */
  readonly tenant: string;
  readonly wish: CacheWish;
  /** Starts the turn. Its signal is aborted when nobody waits for the answer any more. */
  readonly start: StartTurn;
  /** The caller's. */
  readonly signal: AbortSignal;
}

export interface AnswerCacheResult {
  /** Where the events come from: the cache, a turn of its own, someone else's turn, or a turn that was not looked up. */
  readonly outcome: 'hit' | 'miss' | 'shared' | 'bypass';
  /** The usage of a turn that another has started, now or earlier, is all zeros: who started it is told what it spent. */
  readonly events: AsyncIterable<TurnEvent>;
}

/** Answers what was asked before from a cache, and what is being asked from the turn that runs for it. */
export function createAnswerCache({ cache, logger, now = Date.now }: AnswerCacheOptions): AnswerCache {
  /** The turns that run and can be joined, by their cache keys. */
  const turns = new Map<string, SharedTurn>();
  const presence = createPresence();

  async function look(key: string, maxAgeMs = Infinity): Promise<CachedAnswer | undefined> {
    try {
      const answer = await cache.get(key);
      return answer !== undefined && now() - answer.storedAt <= maxAgeMs ? answer : undefined;
    } catch (error) {
      logger.warn({ error }, 'the response cache can not be read');
      return undefined;
    }
  }

  async function keep({ key, tenant }: AnswerCacheRun, turn: readonly TurnEvent[]): Promise<void> {
    const events = toKeptEvents(turn);
    if (events === undefined) return;
    try {
      await cache.set(key, { events, storedAt: now() }, tenant);
    } catch (error) {
      logger.warn({ error }, 'the response cache can not be written');
    }
  }

  function open(run: AnswerCacheRun): SharedTurn {
    const { key, wish } = run;
    const turn = createSharedTurn({
      presence,
      onWhole: async (events) => {
        if (wish.write) await keep(run, events);
      },
      onOver: () => {
        if (turns.get(key) === turn) turns.delete(key);
      },
    });
    if (wish.read) turns.set(key, turn);
    return turn;
  }

  return {
    async run(options) {
      const { key, wish, start, signal } = options;
      signal.throwIfAborted();
      if (!wish.read && !wish.write) {
        return { outcome: 'bypass', events: { [Symbol.asyncIterator]: () => start(signal)[Symbol.asyncIterator]() } };
      }
      const find = (): SharedTurn | undefined => (wish.read ? turns.get(key) : undefined);
      if (wish.read && find() === undefined) {
        const answer = await look(key, wish.maxAgeMs);
        signal.throwIfAborted();
        if (answer !== undefined) return { outcome: 'hit', events: replayAnswer(answer.events, signal) };
      }
      // Looked for again: another may have begun it meanwhile.
      const running = find();
      const turn = running ?? open(options);
      const reopen = (): SharedTurn => find() ?? open(options);
      const events = readSharedTurn({ turn, reopen, start, signal });
      if (running !== undefined) return { outcome: 'shared', events };
      return { outcome: wish.read ? 'miss' : 'bypass', events };
    },
  };
}
