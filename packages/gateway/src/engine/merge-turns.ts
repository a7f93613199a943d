import type { TurnEvent } from '../turn/turn-event.ts';

export interface IndexedEvent {
  readonly index: number;
  readonly event: TurnEvent;
}

/**
 * Gives the events of several turns that run side by side as they come. The first failure ends all of them.
 *
 * @param stop Stops those that still run; called when the first fails, or the iteration is left.
 */
export function mergeTurns(turns: readonly AsyncIterable<TurnEvent>[], stop: () => void): AsyncGenerator<IndexedEvent, void, undefined> {
  const [only] = turns;
  return only !== undefined && turns.length === 1 ? passOn(only, stop) : merge(turns, stop);
}

/** One by itself, as nearly all are, needs no race. */
async function* passOn(turn: AsyncIterable<TurnEvent>, stop: () => void): AsyncGenerator<IndexedEvent, void, undefined> {
  let isOver = false;
  try {
    for await (const event of turn) yield { index: 0, event };
    isOver = true;
  } finally {
    if (!isOver) stop();
  }
}

async function* merge(turns: readonly AsyncIterable<TurnEvent>[], stop: () => void): AsyncGenerator<IndexedEvent, void, undefined> {
  const iterators = turns.map((turn) => turn[Symbol.asyncIterator]());
  const take = async (index: number): Promise<{ index: number; result: IteratorResult<TurnEvent, unknown> | undefined }> => ({
    index,
    result: await iterators[index]?.next(),
  });
  const step = (index: number): ReturnType<typeof take> => {
    const taken = take(index);
    // Who has left, and will not come for it, leaves a failure that is nobody's.
    taken.catch(() => {});
    return taken;
  };
  const pending = new Map(iterators.map((_, index) => [index, step(index)]));
  try {
    while (pending.size > 0) {
      const { index, result } = await Promise.race(pending.values());
      if (result === undefined || result.done === true) {
        pending.delete(index);
        continue;
      }
      pending.set(index, step(index));
      yield { index, event: result.value };
    }
  } finally {
    if (pending.size > 0) stop();
    await Promise.allSettled(pending.values());
    // What was read ahead may have come in time, so that no failure has ended its turn.
    await Promise.allSettled([...pending.keys()].map(async (index) => iterators[index]?.return?.()));
  }
}
