import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const longestAnswerMs = 5000;

/** The memory that a process holds, in bytes; 0 when that can't be told. */
export async function residentMemory(pid: number): Promise<number> {
  try {
    return 1024 * (process.platform === 'linux' ? await fromProc(pid) : await fromPs(pid));
  } catch {
    // It has ended in the meantime, or this system has no `ps`.
    return 0;
  }
}

async function fromProc(pid: number): Promise<number> {
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
}

async function fromPs(pid: number): Promise<number> {
  const { stdout } = await run('ps', ['-o', 'rss=', '-p', `${pid}`], { timeout: longestAnswerMs });
  return Number.parseInt(stdout, 10) || 0;
}
