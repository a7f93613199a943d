import type { Present } from '../basics/presence.ts';
import { createWait } from '../basics/waiting.ts';
import type { TurnEvent } from '../turn/turn-event.ts';

export type StartTurn = (signal: AbortSignal) => AsyncIterable<TurnEvent>;

/** A turn with any number of readers, run as fast as the fastest of them reads. */
export interface SharedTurn {
  /** What has happened so far. It is kept whole, for those who come late. */
  readonly events: readonly TurnEvent[];
  /** The reader that has started the turn, and runs it: on workers no request can use what another has opened. */
  readonly beginner: (() => void) | undefined;
  /** How it ended; undefined while it goes on, or has not begun. */
  readonly end: TurnOutcome | undefined;
  /** Takes a reader in, whose `wake` is called whenever there is something new. */
  join(wake: () => void): void;
  /** Lets a reader go; the last one stops the turn, with this reason. Resolves once it has stopped then; never fails. */
  leave(wake: () => void, reason?: unknown): Promise<void>;
  /** Gets one more event for a reader, unless that is under way already. The first call starts the turn. */
  advance(wake: () => void, start: StartTurn): void;
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
  const over = createWait<void>();
  let beginner: (() => void) | undefined;
  let present: Present | undefined;
  let source: AsyncIterator<TurnEvent> | undefined;
  let advancing: Promise<void> | undefined;
  /** What others than the beginner want. */
  let asked = createWait<void>();
  let leaveReason: unknown;
  let isLeft = false;
  let isWhole = false;
  let end: TurnOutcome | undefined;

  function finish(outcome: TurnOutcome): void {
    present?.leave();
    end ??= outcome;
    onOver();
  }

  function wakeAll(): void {
    for (const wake of readers.keys()) wake();
  }

  /** Never fails: an error is the turn's outcome. */
  async function step(start: StartTurn): Promise<void> {
    try {
      source ??= start(stopping.signal)[Symbol.asyncIterator]();
      const result = await source.next();
      if (result.done === true) finish({ type: 'ended' });
      else {
        if (result.value.type === 'turn-end' && end === undefined) await keep(result.value);
        events.push(result.value);
      }
    } catch (error) {
      finish({ type: 'failed', error });
    }
    advancing = undefined;
    wakeAll();
  }

  async function keep(last: TurnEvent): Promise<void> {
    await onWhole([...events, last]);
    isWhole = true;
    onOver();
  }

  /** Does in the beginner's name what others ask for, and stops the turn when all have left. */
  async function serve(start: StartTurn): Promise<void> {
    for (;;) {
      await asked.promise;
      if (isLeft) break;
      asked = createWait();
      if (end === undefined) advancing ??= step(start);
    }
    // A whole turn has only to be put away.
    if (!isWhole) stopping.abort(leaveReason);
    await advancing;
    try {
      await source?.return?.();
    } catch {
      // Nobody is left to hear of it.
    }
    over.resolve();
  }

  return {
    events,
    get beginner() {
      return beginner;
    },
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
      if (readers.size > 0 || end !== undefined) return;
      isLeft = true;
      leaveReason = reason;
      finish({ type: isWhole ? 'ended' : 'stopped' });
      asked.resolve();
      if (beginner !== undefined) await over.promise;
    },
    advance(wake, start) {
      if (beginner === undefined) {
        beginner = wake;
        present = presence();
        present.gone = () => {
          finish({ type: isWhole ? 'ended' : 'stopped' });
          over.resolve();
          wakeAll();
        };
        void serve(start);
      }
      if (beginner === wake) advancing ??= step(start);
      else if (advancing === undefined) asked.resolve();
    },
  };
}
