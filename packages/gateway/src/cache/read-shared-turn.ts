import { GatewayError } from '../gateway-error.ts';
import { createWait, type Wait } from '../basics/waiting.ts';
import type { TurnEvent } from '../turn/turn-event.ts';
import type { SharedTurn, StartTurn } from './shared-turn.ts';
import { withoutUsage } from './kept-events.ts';

export interface ReadSharedTurnOptions {
  readonly turn: SharedTurn;
  /** Gives another turn when all have left `turn` before the first event is asked for here. */
  readonly reopen: () => SharedTurn;
  readonly start: StartTurn;
  /** The reader's own: it ends this reading, and the turn only when nobody else reads it. */
  readonly signal: AbortSignal;
}

/**
 * Reads a shared turn from its beginning, at its own pace. The first `next()` joins it; leaving the iteration leaves it. Once.
 * By hand, since every event passes here, and since an abort must be heard of in the middle of a wait.
 */
export function readSharedTurn({ reopen, start, signal, ...options }: ReadSharedTurnOptions): AsyncIterable<TurnEvent> {
  let turn = options.turn;
  let position = 0;
  let joined = false;
  let state: 'reading' | 'aborted' | 'over' = 'reading';
  let waiting: Wait<void> | undefined;

  const wake = (): void => {
    waiting?.resolve();
    waiting = undefined;
  };

  async function leave(as: 'aborted' | 'over'): Promise<void> {
    if (state !== 'reading') return;
    state = as;
    signal.removeEventListener('abort', onAbort);
    wake();
    await turn.leave(wake, signal.reason);
  }

  // It never fails, and who aborts does not wait for it.
  const onAbort = (): void => void leave('aborted');
  signal.addEventListener('abort', onAbort, { once: true });

  function join(): void {
    if (turn.end?.type === 'stopped') turn = reopen();
    turn.join(wake);
    joined = true;
  }

  async function next(): Promise<IteratorResult<TurnEvent, undefined>> {
    if (state === 'reading' && !joined) join();
    for (;;) {
      if (state === 'aborted') throw signal.reason;
      if (state === 'over') return { done: true, value: undefined };
      const event = turn.events[position];
      if (event !== undefined) {
        position += 1;
        return { done: false, value: turn.beginner === wake ? event : withoutUsage(event) };
      }
      const { end } = turn;
      if (end?.type === 'stopped' && position === 0) join();
      else if (end === undefined) {
        // First, since a turn may fail at once.
        const { promise } = (waiting ??= createWait<void>());
        turn.advance(wake, start);
        await promise;
      } else {
        await leave('over');
        if (end.type === 'failed') throw end.error;
        if (end.type === 'stopped') throw lost();
      }
    }
  }

  const iterator: AsyncIterator<TurnEvent, undefined> = {
    next,
    async return() {
      await leave('over');
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

function lost(): GatewayError {
  return new GatewayError('The answer was lost with the request that it was begun for. Please try again.', {
    status: 502,
    code: 'upstream_error',
  });
}
