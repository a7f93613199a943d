interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

/** A clock of its own for what waits by timers and asks `performance.now()`: hours go by in a moment, always alike. */
export interface VirtualClock {
  readonly nowMs: number;
  /** Runs something at a time. */
  at(atMs: number, run: () => void): Timer;
  cancel(timer: Timer): void;
  /** Runs all that is to happen before this time, in order, each with all that follows from it at once. */
  runUntil(endMs: number): Promise<void>;
  /** Gives the globals their own clock again. */
  close(): void;
}

/** Puts a virtual clock in the place of `setTimeout`, `setInterval` and `performance.now()`. */
export function installVirtualClock(): VirtualClock {
  const real = { setTimeout, setInterval, clearTimeout, clearInterval, setImmediate };
  const timers = new Set<Timer>();
  let nowMs = 0;

  function at(atMs: number, run: () => void): Timer {
    const timer = { atMs: Math.max(atMs, nowMs), run };
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

  const clear = (handle: { readonly current: Timer } | undefined): void => void (handle && timers.delete(handle.current));
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
    cancel: (timer) => void timers.delete(timer),
    async runUntil(endMs) {
      for (;;) {
        await new Promise<void>((resolve) => void real.setImmediate(resolve));
        const next = [...timers].reduce<Timer | undefined>(
          (first, each) => (first === undefined || each.atMs < first.atMs ? each : first),
          undefined,
        );
        if (next === undefined || next.atMs >= endMs) break;
        timers.delete(next);
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
