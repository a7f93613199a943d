import type { TurnEvent } from '../../turn/turn-event.ts';

/** Takes an event of a turn, and gives those that take its place: at once, or later for the few that must wait for something. */
export type TurnTransform = (event: TurnEvent) => readonly TurnEvent[] | Promise<readonly TurnEvent[]>;

/**
 * Gives a turn's events as the transforms, one after another, make them. One of them may end the turn with a `turn-end` of its own: what
 * would come behind it is left.
 *
 * @param onOver Waited for when the turn has ended or failed, or is left; once.
 */
export function transformTurn(
  events: AsyncIterable<TurnEvent>,
  transforms: readonly TurnTransform[],
  onOver?: () => Promise<void>,
): AsyncIterable<TurnEvent> {
  if (transforms.length === 0 && onOver === undefined) return events;
  return { [Symbol.asyncIterator]: () => transforming(events, transforms, onOver) };
}

/** By hand, since every event passes here: generators take several more steps, and each transform would take them again. */
function transforming(
  events: AsyncIterable<TurnEvent>,
  transforms: readonly TurnTransform[],
  onOver: (() => Promise<void>) | undefined,
): AsyncIterator<TurnEvent, undefined> {
  let source: AsyncIterator<TurnEvent> | undefined;
  let ready: readonly TurnEvent[] = [];
  let taken = 0;
  /** Whether the source has more that nobody wants. */
  let isCut = false;
  let isOver = false;

  async function finish(leave: boolean): Promise<void> {
    if (isOver) return;
    isOver = true;
    ready = [];
    try {
      if (leave) await source?.return?.();
    } finally {
      await onOver?.();
    }
  }

  async function fail(error: unknown, leave = false): Promise<never> {
    await finish(leave);
    throw error;
  }

  const leaveAndFail = (error: unknown): Promise<never> => fail(error, true);

  function take(result: IteratorResult<TurnEvent>): Result | Promise<Result> {
    if (result.done === true) return finish(false).then(over);
    try {
      const made = through([result.value], transforms);
      return made instanceof Promise ? made.then((later) => give(result, later)).catch(leaveAndFail) : give(result, made);
    } catch (error) {
      return leaveAndFail(error);
    }
  }

  function give(result: IteratorYieldResult<TurnEvent>, made: readonly TurnEvent[]): Result | Promise<Result> {
    isCut = result.value.type !== 'turn-end' && made.at(-1)?.type === 'turn-end';
    // Most events stay as they are: the same result says so again.
    if (made.length === 1 && made[0] === result.value) return result;
    ready = made;
    taken = 0;
    return next();
  }

  function next(): Promise<Result> {
    const value = ready[taken];
    if (value !== undefined) {
      taken += 1;
      return Promise.resolve({ done: false, value });
    }
    if (isCut || isOver) return finish(true).then(over);
    source ??= events[Symbol.asyncIterator]();
    return source.next().then(take, fail);
  }

  return {
    next,
    async return() {
      await finish(true);
      return over();
    },
  };
}

type Result = IteratorResult<TurnEvent, undefined>;

function over(): Result {
  return { done: true, value: undefined };
}

type Made = ReturnType<TurnTransform>;

function through(events: readonly TurnEvent[], transforms: readonly TurnTransform[]): Made {
  let current = events;
  for (const [at, transform] of transforms.entries()) {
    const [first] = current;
    const made = first !== undefined && current.length === 1 ? transform(first) : all(current.map(transform));
    if (made instanceof Promise) return made.then((later) => through(later, transforms.slice(at + 1)));
    current = made;
  }
  return current;
}

function all(made: readonly Made[]): Made {
  return areReady(made) ? made.flat() : Promise.all(made.map(async (each) => each)).then((ready) => ready.flat());
}

function areReady(made: readonly Made[]): made is (readonly TurnEvent[])[] {
  return made.every((each) => !(each instanceof Promise));
}
