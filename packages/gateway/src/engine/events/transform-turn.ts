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

  /** Undefined where that takes an asynchronous step of its own. */
  function takeIn(event: TurnEvent): Promise<void> | undefined {
    const made = through([event], transforms);
    if (made instanceof Promise) return made.then((later) => keep(event, later));
    keep(event, made);
    return undefined;
  }

  function keep(event: TurnEvent, made: readonly TurnEvent[]): void {
    ready = made;
    taken = 0;
    isCut = event.type !== 'turn-end' && made.at(-1)?.type === 'turn-end';
  }

  return {
    async next() {
      let isReading = false;
      try {
        for (;;) {
          const value = ready[taken];
          if (value !== undefined) {
            taken += 1;
            return { done: false, value };
          }
          if (isCut) await finish(true);
          if (isOver) return { done: true, value: undefined };
          source ??= events[Symbol.asyncIterator]();
          isReading = true;
          const result = await source.next();
          isReading = false;
          if (result.done === true) await finish(false);
          else {
            const later = takeIn(result.value);
            if (later !== undefined) await later;
          }
        }
      } catch (error) {
        await finish(!isReading);
        throw error;
      }
    },
    async return() {
      await finish(true);
      return { done: true, value: undefined };
    },
  };
}

function through(events: readonly TurnEvent[], transforms: readonly TurnTransform[]): readonly TurnEvent[] | Promise<readonly TurnEvent[]> {
  let current = events;
  for (const [at, transform] of transforms.entries()) {
    const made = current.map((event) => transform(event));
    if (!areReady(made)) return Promise.all(made.map(async (each) => each)).then((all) => through(all.flat(), transforms.slice(at + 1)));
    current = made.length === 1 ? (made[0] ?? []) : made.flat();
  }
  return current;
}

function areReady(made: readonly ReturnType<TurnTransform>[]): made is (readonly TurnEvent[])[] {
  return made.every((each) => !(each instanceof Promise));
}
