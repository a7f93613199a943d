/** The timers of this thread. */
export interface TimerWatch {
  /** Where each was made that runs, also of those that keep no process alive. */
  running(): readonly string[];
  stop(): void;
}

/** Begins to watch what `setTimeout` and `setInterval` make. What Node itself makes, or `node:timers/promises`, is not seen. */
export function watchTimers(): TimerWatch {
  const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
  const running = new Map<unknown, string>();

  function note(timer: NodeJS.Timeout): NodeJS.Timeout {
    // After `Error`, this function and the one that calls it.
    running.set(timer, new Error('made').stack?.split('\n')[3]?.trim() ?? 'somewhere');
    return timer;
  }

  function startTimeout(callback: (...parameters: unknown[]) => void, delayMs?: number, ...parameters: unknown[]): NodeJS.Timeout {
    const timer = setTimeout(() => {
      running.delete(timer);
      callback(...parameters);
    }, delayMs);
    return note(timer);
  }

  function startInterval(callback: (...parameters: unknown[]) => void, delayMs?: number, ...parameters: unknown[]): NodeJS.Timeout {
    return note(setInterval(callback, delayMs, ...parameters));
  }

  function end(timer: NodeJS.Timeout | number | string | undefined): void {
    running.delete(timer);
    clearTimeout(timer);
  }

  Object.assign(globalThis, {
    // With what `promisify` looks for.
    setTimeout: Object.assign(startTimeout, setTimeout),
    setInterval: Object.assign(startInterval, setInterval),
    clearTimeout: end,
    clearInterval: end,
  });
  return {
    running: () => [...running.values()],
    stop: () => void Object.assign(globalThis, { setTimeout, setInterval, clearTimeout, clearInterval }),
  };
}
