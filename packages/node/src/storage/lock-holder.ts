import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import * as z from 'zod';

/** The file that says who uses a storage directory. */
export const lockName = '.lock';

const schema = z.object({
  token: z.string(),
  pid: z.int(),
  /** Where the process id means something: the machine, and the container. */
  place: z.string(),
  /** What tells two processes of one id apart; empty where the system does not say. */
  startedAt: z.string(),
});

/** Who holds a directory. */
export type LockHolder = z.output<typeof schema>;

/** This process, as a holder. */
export function ownHolder(token: string): LockHolder {
  return { token, pid: process.pid, place: ownPlace(), startedAt: startOf(process.pid) };
}

/** Undefined for what no server has written, or not whole. */
export function parseHolder(text: string): LockHolder | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Whether a holder is known to have ended, or to live; undefined where that can't be told from here. */
export function isGone({ pid, place, startedAt }: LockHolder): boolean | undefined {
  if (place !== ownPlace()) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Another user's may not be asked, and is there.
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
  return startOf(pid) !== startedAt;
}

function ownPlace(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

/**
 * The time of its start by the kernel's clock, from `/proc/PID/stat`: the state and the twentieth field behind the name, which has any
 * characters. One that has ended, and whose parent has not looked yet, has none.
 */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? '' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
