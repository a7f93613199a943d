import { availableParallelism, cpus, loadavg } from 'node:os';
import { processTimes } from './process-times.ts';

/** How much else the machine had to do while something was measured. */
export interface MachineLoad {
  /** Processes that wanted a core, for each core, in the minute before. */
  readonly before: number;
  /** The share of all cores that others took meanwhile, from 0 to 1; undefined where that can't be told. */
  readonly others: number | undefined;
}

/** Above this, before or meanwhile, figures are told, and nothing is judged by them. */
const mostBefore = 1;
const mostOfOthers = 0.5;

/** Begins to watch the machine; the function it returns tells what came of it. */
export async function watchMachine(): Promise<() => Promise<MachineLoad>> {
  const before = loadavg()[0]! / availableParallelism();
  const busyBefore = busyMs();
  const ownBefore = await ownMs();
  const beganAt = performance.now();
  return async () => {
    const own = await ownMs();
    if (own === undefined || ownBefore === undefined) return { before, others: undefined };
    const all = (performance.now() - beganAt) * cpus().length;
    return { before, others: Math.max(0, busyMs() - busyBefore - (own - ownBefore)) / all };
  };
}

export function isQuiet({ before, others = 0 }: MachineLoad): boolean {
  return before <= mostBefore && others <= mostOfOthers;
}

export function sayLoad(load: MachineLoad): string {
  const others = load.others === undefined ? '' : `; others took ${(load.others * 100).toFixed(0)} % of it meanwhile`;
  const verdict = isQuiet(load) ? '' : '. That is too much to judge by: nothing counts as reached';
  return `Load of the machine before: ${load.before.toFixed(2)} for each core${others}${verdict}.`;
}

/** The time that all cores have worked for anyone. */
function busyMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}

/** The time that this process, those under it, and those that have ended under them have worked; undefined where that can't be told. */
async function ownMs(): Promise<number | undefined> {
  const all = await processTimes();
  if (all.length === 0) return undefined;
  const own = new Set([process.pid]);
  for (const { pid, parent } of all) if (own.has(parent)) own.add(pid);
  return all.reduce((sum, { pid, cpuWithEndedMs }) => (own.has(pid) ? sum + cpuWithEndedMs : sum), 0);
}
