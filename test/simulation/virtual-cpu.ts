import type { VirtualClock } from './virtual-clock.ts';

interface Work {
  leftMs: number;
  readonly done: () => void;
}

/** Some cores that all work shares evenly: more of it than there are cores takes longer, all of it. */
export interface VirtualCpu {
  /** Resolves when so much CPU time has been had. */
  use(cpuMs: number): Promise<void>;
  /** CPU time that was had in all. */
  readonly usedMs: number;
  /** How much there was to do, on average over about the last minute, as load averages tell it: for each core. */
  load(): number;
}

const loadMs = 60_000;

export function createVirtualCpu(clock: VirtualClock, cores: number): VirtualCpu {
  const works = new Set<Work>();
  let sinceMs = clock.nowMs;
  let usedMs = 0;
  let average = 0;
  let next: ReturnType<VirtualClock['at']> | undefined;
  const speed = (): number => Math.min(1, cores / works.size);

  function catchUp(): void {
    const wentByMs = clock.nowMs - sinceMs;
    sinceMs = clock.nowMs;
    average = works.size + (average - works.size) * Math.exp(-wentByMs / loadMs);
    if (works.size === 0) return;
    const hadMs = wentByMs * speed();
    for (const work of works) work.leftMs -= hadMs;
    usedMs += hadMs * works.size;
  }

  function plan(): void {
    if (next !== undefined) clock.cancel(next);
    next = undefined;
    if (works.size === 0) return;
    let least = Number.POSITIVE_INFINITY;
    for (const { leftMs } of works) least = Math.min(least, leftMs);
    next = clock.at(clock.nowMs + least / speed(), () => {
      catchUp();
      for (const work of works) if (work.leftMs < 1e-6 && works.delete(work)) work.done();
      plan();
    });
  }

  return {
    use: (cpuMs) =>
      new Promise((done) => {
        catchUp();
        works.add({ leftMs: cpuMs, done });
        plan();
      }),
    get usedMs() {
      return usedMs;
    },
    load() {
      catchUp();
      return average / cores;
    },
  };
}
