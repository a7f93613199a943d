/** Something that is to happen; it does not once it is over. */
interface Timer {
  readonly atMs: number;
  /** Of two at the same time, the one that was set first is first. */
  readonly order: number;
  readonly run: () => void;
  isOver: boolean;
}

/** A clock of its own for what waits by timers and asks `performance.now()`: hours go by in a moment, always alike. */
export interface VirtualClock {
  readonly nowMs: number;
  /** Runs something at a time. */
  at(atMs: number, run: () => void): Timer;
  /** Ends when so much time has gone by. */
  wait(ms: number): Promise<void>;
  cancel(timer: Timer): void;
  /** Runs all that is to happen before this time, in order, each with all that follows from it at once. */
  runUntil(endMs: number): Promise<void>;
  /** Gives the globals their own clock again. */
  close(): void;
}

/** Puts a virtual clock in the place of `setTimeout`, `setInterval` and `performance.now()`. */
export function installVirtualClock(): VirtualClock {
  const real = { setTimeout, setInterval, clearTimeout, clearInterval, setImmediate };
  const timers = createTimerHeap();
  let nowMs = 0;
  let order = 0;

  function at(atMs: number, run: () => void): Timer {
    const timer = { atMs: Math.max(atMs, nowMs), order: (order += 1), run, isOver: false };
    timers.add(timer);
    return timer;
  }

  function fakeTimer(run: () => void, everyMs: number, repeats: boolean): object {
    const handle = { current: schedule(), unref: () => handle, ref: () => handle };
    function schedule(): Timer {
      return at(nowMs + everyMs, () => {
        if (repeats) handle.current = schedule();
        run();
      });
    }
    return handle;
  }

  function cancel(timer: Timer): void {
    timer.isOver = true;
  }

  function clear(handle: { readonly current: Timer } | undefined): void {
    if (handle !== undefined) cancel(handle.current);
  }

  Object.assign(globalThis, {
    setTimeout: (run: () => void, delayMs = 0) => fakeTimer(run, delayMs, false),
    setInterval: (run: () => void, everyMs: number) => fakeTimer(run, everyMs, true),
    clearTimeout: clear,
    clearInterval: clear,
  });
  performance.now = () => nowMs;

  return {
    get nowMs() {
      return nowMs;
    },
    at,
    wait: (ms) => new Promise((resolve) => void at(nowMs + ms, resolve)),
    cancel,
    async runUntil(endMs) {
      for (;;) {
        await new Promise<void>((resolve) => void real.setImmediate(resolve));
        const next = timers.first();
        if (next === undefined || next.atMs >= endMs) break;
        next.isOver = true;
        nowMs = next.atMs;
        next.run();
      }
      nowMs = endMs;
    },
    close() {
      Object.assign(globalThis, real);
      Reflect.deleteProperty(performance, 'now');
    },
  };
}

/** A binary heap: a day of many users sets millions of timers. */
function createTimerHeap(): { add(timer: Timer): void; first(): Timer | undefined } {
  const heap: Timer[] = [];
  const isBefore = (one: Timer, other: Timer): boolean => one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);

  function settle(timer: Timer): void {
    let hole = 0;
    for (;;) {
      const left = 2 * hole + 1;
      if (left >= heap.length) break;
      const child = left + 1 < heap.length && isBefore(heap[left + 1]!, heap[left]!) ? left + 1 : left;
      if (!isBefore(heap[child]!, timer)) break;
      heap[hole] = heap[child]!;
      hole = child;
    }
    heap[hole] = timer;
  }

  return {
    add(timer) {
      let hole = heap.length;
      heap.push(timer);
      for (let parent = (hole - 1) >> 1; hole > 0 && isBefore(timer, heap[parent]!); parent = (hole - 1) >> 1) {
        heap[hole] = heap[parent]!;
        hole = parent;
      }
      heap[hole] = timer;
    },
    first() {
      while (heap[0]?.isOver === true) {
        const last = heap.pop();
        if (heap.length > 0 && last !== undefined) settle(last);
      }
      return heap[0];
    },
  };
}
