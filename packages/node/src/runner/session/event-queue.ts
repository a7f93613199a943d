/** A hand-over of values from callbacks to one reader. */
export interface EventQueue<Value> extends AsyncIterable<Value> {
  push(value: Value): void;
  /** No more values; the reader gets those that are left, then the end, or the error. */
  close(error?: unknown): void;
}

/** Where the values come from. */
export interface Flow {
  pause(): void;
  resume(): void;
}

const capacity = 1024;

/** Pauses the flow while the reader is behind by a thousand values, so that the queue stays short. */
export function createEventQueue<Value>(flow: Flow): EventQueue<Value> {
  const values: Value[] = [];
  let closed: { readonly failed: boolean; readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;
  let paused = false;

  function notify(): void {
    wake?.();
    wake = undefined;
  }

  function resume(): void {
    if (!paused) return;
    paused = false;
    flow.resume();
  }

  return {
    push(value) {
      if (closed !== undefined) return;
      values.push(value);
      if (values.length === capacity) {
        paused = true;
        flow.pause();
      }
      notify();
    },
    close(error) {
      closed ??= { failed: error !== undefined, error };
      resume();
      notify();
    },
    async *[Symbol.asyncIterator]() {
      try {
        for (;;) {
          for (let value = values.shift(); value !== undefined; value = values.shift()) {
            if (values.length < capacity / 2) resume();
            yield value;
          }
          if (closed !== undefined) {
            if (closed.failed) throw closed.error;
            return;
          }
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        resume();
      }
    },
  };
}
