import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * What is counted as the memory of a process: `pss`, its own and its share of what several have in common, as of the pages of their binary; or
 * `rss`, all that it has resident, which counts what is shared for each of them.
 */
export type MemoryKind = 'pss' | 'rss';

export interface ProcessMemory {
  readonly kind: MemoryKind;
  /** Tells the memory of a process by its id, in bytes; 0 when it can't be told. Never rejects. */
  measure(pid: number): Promise<number>;
}

const run = promisify(execFile);
const longestAnswerMs = 5000;
const kibibyte = 1024;

/** Counts what a process holds as exactly as this system tells it: `pss` where there is `/proc/PID/smaps_rollup`, `rss` elsewhere. */
export function createProcessMemory(): ProcessMemory {
  if (existsSync('/proc/self/smaps_rollup'))
    return { kind: 'pss', measure: (pid) => measured(fromProc(pid, 'smaps_rollup', /^Pss:\s*(\d+) kB$/m)) };
  const isLinux = process.platform === 'linux';
  return { kind: 'rss', measure: (pid) => measured(isLinux ? fromProc(pid, 'status', /^VmRSS:\s*(\d+) kB$/m) : fromPs(pid)) };
}

async function measured(kibibytes: Promise<number>): Promise<number> {
  try {
    return kibibyte * (await kibibytes);
  } catch {
    // It has ended in the meantime, or this system has no `ps`.
    return 0;
  }
}

async function fromProc(pid: number, file: string, field: RegExp): Promise<number> {
  return Number(field.exec(await readFile(`/proc/${pid}/${file}`, 'utf8'))?.[1] ?? 0);
}

async function fromPs(pid: number): Promise<number> {
  const { stdout } = await run('ps', ['-o', 'rss=', '-p', `${pid}`], { timeout: longestAnswerMs });
  return Number.parseInt(stdout, 10) || 0;
}
