/** A hand-over of values from callbacks to one reader. What it holds is bounded by what its writer writes for one turn. */
export interface EventQueue<Value> extends AsyncIterable<Value> {
  push(value: Value): void;
  /** No more values; the reader gets those that are left, then the end, or the error. */
  close(error?: unknown): void;
}

export function createEventQueue<Value>(): EventQueue<Value> {
  const values: Value[] = [];
  let closed: { readonly failed: boolean; readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;

  function notify(): void {
    wake?.();
    wake = undefined;
  }

  return {
    push(value) {
      if (closed !== undefined) return;
      values.push(value);
      notify();
    },
    close(error) {
      closed ??= { failed: error !== undefined, error };
      notify();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        for (let value = values.shift(); value !== undefined; value = values.shift()) yield value;
        if (closed !== undefined) {
          if (closed.failed) throw closed.error;
          return;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
