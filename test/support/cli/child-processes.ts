import { readdirSync, readFileSync } from 'node:fs';

export interface ChildProcessInfo {
  readonly pid: number;
  /** As in `ps`: `S` sleeping, `R` running, `T` stopped, `Z` a zombie. */
  readonly state: string;
  /** The arguments, with the command; empty for a zombie. */
  readonly command: string;
}

/** The children of a process, zombies too, by Linux's /proc. Default: this process's. */
export function childProcesses(parent: number = process.pid): ChildProcessInfo[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const status = readStatus(Number(name));
      return status?.parent === parent ? [{ pid: Number(name), state: status.state, command: status.command }] : [];
    });
}

/** Whether there is such a process, in whatever state. */
export function isAlive(pid: number): boolean {
  return readStatus(pid) !== undefined;
}

/** Kills a CLI and all that it has started, where it has not ended by itself: one whose server was killed soon does. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}

function readStatus(pid: number): { readonly parent: number; readonly state: string; readonly command: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold anything, brackets too.
    const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return { parent: Number(parent), state, command };
  } catch {
    // It has ended in the meantime.
    return undefined;
  }
}
