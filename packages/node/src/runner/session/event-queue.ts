/** A hand-over of values from callbacks to one reader, who asks for one at a time. */
export interface EventQueue<Value> extends AsyncIterable<Value> {
  push(value: Value): void;
  /** The last value, and the end. It is handed over once all that came with it has gone its way, to the socket too: much may be to do with the last. */
  finish(value: Value): void;
  /** No more values; the reader gets those that are left, then the end, or the error. */
  close(error?: unknown): void;
}

/** Where the values come from. */
export interface Flow {
  pause(): void;
  resume(): void;
}

type Result<Value> = IteratorResult<Value, undefined>;

const capacity = 1024;

/**
 * Pauses the flow while the reader is behind by a thousand values, so that the queue stays short. A value that is awaited is handed over
 * in one asynchronous step.
 *
 * @param onLeave Told when the reader has come to the end, or leaves before, with the last value that was read.
 */
export function createEventQueue<Value>(flow: Flow, onLeave: (last: Value | undefined) => void = () => {}): EventQueue<Value> {
  const values: Value[] = [];
  let closed: { readonly failed: boolean; readonly error: unknown } | undefined;
  let waiting: ((result: Result<Value> | Promise<Result<Value>>) => void) | undefined;
  let last: Value | undefined;
  let final: Value | undefined;
  let hasLeft = false;
  let paused = false;

  function resume(): void {
    if (!paused) return;
    paused = false;
    flow.resume();
  }

  function leave(): IteratorReturnResult<undefined> {
    resume();
    if (!hasLeft) {
      hasLeft = true;
      onLeave(last);
    }
    return { done: true, value: undefined };
  }

  function hand(value: Value): IteratorYieldResult<Value> {
    last = value;
    return { done: false, value };
  }

  function inTime(value: Value): IteratorYieldResult<Value> | Promise<IteratorYieldResult<Value>> {
    if (value !== final) return hand(value);
    return new Promise((resolve) => setImmediate(() => resolve(hand(value))));
  }

  function end({ failed, error }: { readonly failed: boolean; readonly error: unknown }): Promise<Result<Value>> {
    const result = leave();
    return failed ? Promise.reject(error) : Promise.resolve(result);
  }

  const iterator: AsyncIterator<Value, undefined, undefined> = {
    next() {
      if (hasLeft) return Promise.resolve({ done: true, value: undefined });
      const value = values.shift();
      if (value === undefined) {
        return closed === undefined ? new Promise((resolve) => (waiting = resolve)) : end(closed);
      }
      if (values.length < capacity / 2) resume();
      return Promise.resolve(inTime(value));
    },
    return() {
      const result = leave();
      waiting?.(result);
      return Promise.resolve(result);
    },
  };

  function push(value: Value): void {
    if (closed !== undefined || hasLeft) return;
    const reader = waiting;
    waiting = undefined;
    if (reader !== undefined) return reader(inTime(value));
    values.push(value);
    if (values.length < capacity || paused) return;
    paused = true;
    flow.pause();
  }

  function close(error?: unknown): void {
    if (closed !== undefined) return;
    closed = { failed: error !== undefined, error };
    resume();
    const reader = waiting;
    waiting = undefined;
    if (reader !== undefined) reader(end(closed));
  }

  return {
    push,
    finish(value) {
      final = value;
      push(value);
      close();
    },
    close,
    [Symbol.asyncIterator]: () => iterator,
  };
}
