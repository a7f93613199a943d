export interface KeyedQueue {
  /** Runs a task when all that were given before for this key have ended. Tasks of different keys run side by side. */
  run<Value>(key: string, task: () => Promise<Value>): Promise<Value>;
}

/** One task at a time for each key. */
export function createKeyedQueue(): KeyedQueue {
  const last = new Map<string, Promise<unknown>>();
  return {
    async run(key, task) {
      const before = last.get(key);
      const running = before === undefined ? task() : before.then(task);
      // Whoever comes next waits for the end, good or bad.
      const ended = running.then(ignore, ignore);
      last.set(key, ended);
      try {
        return await running;
      } finally {
        if (last.get(key) === ended) last.delete(key);
      }
    },
  };
}

const ignore = (): void => {};
