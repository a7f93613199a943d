import type { VirtualClock } from './virtual-clock.ts';

interface Work {
  leftMs: number;
  readonly done: () => void;
}

/** Some cores that all work shares evenly: more of it than there are cores takes longer, all of it. */
export interface VirtualCpu {
  /** Resolves when so much CPU time has been had. */
  use(cpuMs: number): Promise<void>;
}

export function createVirtualCpu(clock: VirtualClock, cores: number): VirtualCpu {
  const works = new Set<Work>();
  let sinceMs = clock.nowMs;
  let next: ReturnType<VirtualClock['at']> | undefined;
  const speed = (): number => Math.min(1, cores / works.size);

  function catchUp(): void {
    const hadMs = (clock.nowMs - sinceMs) * speed();
    for (const work of works) work.leftMs -= hadMs;
    sinceMs = clock.nowMs;
  }

  function plan(): void {
    if (next !== undefined) clock.cancel(next);
    next = undefined;
    if (works.size === 0) return;
    const least = Math.min(...[...works].map(({ leftMs }) => leftMs));
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
  };
}
