import { readdir, readFile } from 'node:fs/promises';

export interface ProcessTimes {
  readonly pid: number;
  readonly parent: number;
  /** How long it has worked. */
  readonly cpuMs: number;
  /** The same with all that it started and that has ended. */
  readonly cpuWithEndedMs: number;
}

/** Linux counts so. */
const ticksPerSecond = 100;

/** How long each process of this machine has worked, to ten milliseconds; none where there is no `/proc`. */
export async function processTimes(): Promise<ProcessTimes[]> {
  const names = await readdir('/proc').catch(() => []);
  const all = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map(timesOf));
  return all.filter((each) => each !== undefined).toSorted((one, other) => one.pid - other.pid);
}

async function timesOf(pid: string): Promise<ProcessTimes | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // Behind the name, which may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map((ticks) => (Number(ticks) * 1000) / ticksPerSecond);
  if (endedSystem === undefined) return undefined;
  const cpuMs = user! + system!;
  return { pid: Number(pid), parent: Number(fields[1]), cpuMs, cpuWithEndedMs: cpuMs + endedUser! + endedSystem };
}
