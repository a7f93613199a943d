export interface Repetition {
  /** Begins anew where the runtime has let go of the timer: workers give one to a request, and end it with that. */
  awaken(): void;
  /** Ends it, and waits for the run that is under way. */
  stop(): Promise<void>;
}

/** Runs a task again and again, never twice at a time. */
export function repeat(everyMs: number, task: () => Promise<void>): Repetition {
  let running: Promise<void> | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  let isStopped = false;
  /** When the timer must have run, if it lives. */
  let dueAt = 0;

  function run(): void {
    dueAt = performance.now() + 2 * everyMs;
    running ??= task().finally(() => {
      running = undefined;
    });
  }

  function begin(): void {
    timer = setInterval(run, everyMs);
    letEnd(timer);
    dueAt = performance.now() + 2 * everyMs;
  }

  try {
    begin();
  } catch {
    // Workers set no timer before there is a request.
  }
  return {
    awaken() {
      if (isStopped || performance.now() < dueAt) return;
      clearInterval(timer);
      // What belonged to a request that is over never ends.
      running = undefined;
      begin();
      run();
    },
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await running;
    },
  };
}

/** Lets the process end while a timer runs, on runtimes where it would wait for it. */
export function letEnd(timer: unknown): void {
  if (isHeld(timer)) timer.unref();
}

function isHeld(timer: unknown): timer is { unref(): void } {
  return typeof timer === 'object' && timer !== null && 'unref' in timer;
}

/**
 * Renews something again and again, which would expire otherwise. What fails is tried again the next time.
 *
 * @returns What gives it back, once. No renewal comes after that, which would take it again.
 */
export function renewUntilReleased(everyMs: number, renew: () => Promise<unknown>, release: () => Promise<unknown>): () => Promise<void> {
  let renewing: Promise<unknown> = Promise.resolve();
  let isReleased = false;
  const timer = setInterval(() => {
    // One may take longer than the next.
    renewing = Promise.all([renewing, attempt(renew)]);
  }, everyMs);
  letEnd(timer);
  return async () => {
    if (isReleased) return;
    isReleased = true;
    clearInterval(timer);
    await renewing;
    // Where this fails it ends by itself.
    await attempt(release);
  };
}

async function attempt(task: () => Promise<unknown>): Promise<void> {
  try {
    await task();
  } catch {
    // It is not there now.
  }
}
