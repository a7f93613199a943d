import type { TurnEvent } from '../turn/turn-event.ts';

/**
 * Keeps answers for a time, and not more of them, in number and in bytes, than it was told to: of all, and of one tenant. Who has
 * most makes room first. It never fails: what it can't read is a miss, what it can't write is not kept, and its log says so.
 */
export interface ResponseCache {
  /** Undefined for a key that is unknown, too old, or can't be read. */
  get(key: string): Promise<CachedAnswer | undefined>;
  /** Counts the answer as the tenant's; one that is larger than all of a tenant's may be is not kept. */
  set(key: string, answer: CachedAnswer, tenant: string): Promise<void>;
}

/** A whole answer. */
export interface CachedAnswer {
  /** What happened in the turn, deltas of one kind put together, without the `usage`. */
  readonly events: readonly TurnEvent[];
  /** Unix time in milliseconds. */
  readonly storedAt: number;
}
