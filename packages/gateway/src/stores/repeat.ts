import { letEnd } from './let-end.ts';

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
