import type { TurnEvent } from '../../turn/turn-event.ts';

export interface MergeTurnsOptions<Value, End> {
  /** What an event of the turn of this index gives; undefined for nothing. */
  readonly take: (event: TurnEvent, index: number) => Value | undefined;
  /** What is given at the end of all. */
  readonly end: () => End | Promise<End>;
  /** Stops the turns that still run; called when the first fails, or the iteration is left. */
  readonly stop: () => void;
}

type Merged<Value, End> = AsyncIterator<Value, End | undefined>;

/** Gives what comes of the events of several turns that run side by side, as they come. The first failure ends all of them. */
export function mergeTurns<Value, End>(
  turns: readonly AsyncIterable<TurnEvent>[],
  options: MergeTurnsOptions<Value, End>,
): Merged<Value, End> {
  const [only] = turns;
  return only !== undefined && turns.length === 1 ? passOn(only, options) : merge(turns, options);
}

/** One by itself, as nearly all are, needs no race. By hand, since every event passes here. */
function passOn<Value, End>(turn: AsyncIterable<TurnEvent>, { take, end, stop }: MergeTurnsOptions<Value, End>): Merged<Value, End> {
  const events = turn[Symbol.asyncIterator]();
  let reading: Promise<unknown> = Promise.resolve();
  let isOver = false;

  async function read(): Promise<IteratorResult<Value, End | undefined>> {
    let isReading = false;
    try {
      while (!isOver) {
        isReading = true;
        const result = await events.next();
        isReading = false;
        if (result.done === true) {
          isOver = true;
          return { done: true, value: await end() };
        }
        const value = take(result.value, 0);
        if (value !== undefined) return { done: false, value };
      }
    } catch (error) {
      if (!isOver) stop();
      isOver = true;
      // A turn that has not failed itself would keep its place.
      if (!isReading) await Promise.allSettled([events.return?.()]);
      throw error;
    }
    return { done: true, value: undefined };
  }

  return {
    next() {
      const next = read();
      reading = next;
      return next;
    },
    async return() {
      if (!isOver) {
        isOver = true;
        stop();
        await Promise.allSettled([reading]);
        await events.return?.();
      }
      return { done: true, value: undefined };
    },
  };
}

async function* merge<Value, End>(
  turns: readonly AsyncIterable<TurnEvent>[],
  { take: toValue, end, stop }: MergeTurnsOptions<Value, End>,
): AsyncGenerator<Value, End, undefined> {
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
      const value = toValue(result.value, index);
      if (value !== undefined) yield value;
    }
  } finally {
    if (pending.size > 0) stop();
    await Promise.allSettled(pending.values());
    // What was read ahead may have come in time, so that no failure has ended its turn.
    await Promise.allSettled([...pending.keys()].map(async (index) => iterators[index]?.return?.()));
  }
  return end();
}
