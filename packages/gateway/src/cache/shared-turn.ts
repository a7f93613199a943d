import type { Present } from '../basics/presence.ts';
import type { TurnEvent } from '../turn/turn-event.ts';

export type StartTurn = (signal: AbortSignal) => AsyncIterable<TurnEvent>;

/** A turn with any number of readers, run as fast as the fastest of them reads. */
export interface SharedTurn {
  /** What has happened so far. It is kept whole, for those who come late. */
  readonly events: readonly TurnEvent[];
  /** How it ended; undefined while it goes on, or has not begun. */
  readonly end: TurnOutcome | undefined;
  /** Takes a reader in, whose `wake` is called whenever there is something new. */
  join(wake: () => void): void;
  /** Lets a reader go; the last one stops the turn, with this reason. Resolves once it has stopped then; never fails. */
  leave(wake: () => void, reason?: unknown): Promise<void>;
  /** Gets one more event, unless that is under way already. The first call starts the turn. */
  advance(start: StartTurn): void;
}

export type TurnOutcome =
  | { readonly type: 'ended' }
  | { readonly type: 'failed'; readonly error: unknown }
  /** All have left before its end, or the request is gone that began it. */
  | { readonly type: 'stopped' };

export interface SharedTurnOptions {
  /** Of the request that begins it, whose end ends it on workers. */
  readonly presence: () => Present;
  /** Called with the whole turn before its `turn-end` is passed on. Must not fail. */
  readonly onWhole: (events: readonly TurnEvent[]) => Promise<void>;
  /** Called when nobody should join any more: the turn is whole, has failed or was stopped. May be called twice. */
  readonly onOver: () => void;
}

/** Shares a turn among readers. Nothing runs before the first of them wants an event. */
export function createSharedTurn({ presence, onWhole, onOver }: SharedTurnOptions): SharedTurn {
  const stopping = new AbortController();
  const events: TurnEvent[] = [];
  /** Each is present too, so that one who waits notices that the first is gone. */
  const readers = new Map<() => void, Present>();
  let source: AsyncIterator<TurnEvent> | undefined;
  let advancing: Promise<void> | undefined;
  let whole = false;
  let end: TurnOutcome | undefined;
  let present: Present | undefined;

  function finish(outcome: TurnOutcome): void {
    present?.leave();
    end ??= outcome;
    onOver();
  }

  function begin(start: StartTurn): AsyncIterator<TurnEvent> {
    present = presence();
    present.gone = () => {
      finish({ type: whole ? 'ended' : 'stopped' });
      wakeAll();
    };
    return start(stopping.signal)[Symbol.asyncIterator]();
  }

  function wakeAll(): void {
    for (const wake of readers.keys()) wake();
  }

  /** Never fails: an error is the turn's outcome. */
  async function step(start: StartTurn): Promise<void> {
    try {
      source ??= begin(start);
      const result = await source.next();
      if (result.done === true) finish({ type: 'ended' });
      else await take(result.value);
    } catch (error) {
      finish({ type: 'failed', error });
    }
    advancing = undefined;
    wakeAll();
  }

  async function take(event: TurnEvent): Promise<void> {
    if (event.type === 'turn-end' && end === undefined) {
      await onWhole([...events, event]);
      whole = true;
      onOver();
    }
    events.push(event);
  }

  async function stop(reason: unknown): Promise<void> {
    finish({ type: whole ? 'ended' : 'stopped' });
    // A whole turn has only to be put away.
    if (!whole) stopping.abort(reason);
    await advancing;
    try {
      await source?.return?.();
    } catch {
      // Nobody is left to hear of it.
    }
  }

  return {
    events,
    get end() {
      return end;
    },
    join(wake) {
      const reader = presence();
      reader.gone = () => readers.delete(wake);
      readers.set(wake, reader);
    },
    async leave(wake, reason) {
      readers.get(wake)?.leave();
      readers.delete(wake);
      if (readers.size === 0 && end === undefined) await stop(reason);
    },
    advance(start) {
      advancing ??= step(start);
    },
  };
}
