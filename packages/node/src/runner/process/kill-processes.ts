import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Signals a process and everything it has started, but for what it has put in groups of its own: see `killMarked`. It must have been spawned `detached`. */
export function killProcessGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

/** The variable in which a CLI, and all that it starts, carries a mark. */
export const markVariable = 'CLAUDE_CODE_API_PROCESS';

/**
 * Kills this user's processes whose mark begins with a text. A CLI runs commands in process groups of their own, and they outlive
 * it when it is killed itself. On Linux only: elsewhere nothing tells whose they are.
 */
export function killMarked(beginning: string): void {
  if (process.platform !== 'linux') return;
  const text = `\0${markVariable}=${beginning}`;
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid || !environmentOf(pid).includes(text)) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended in the meantime.
    }
  }
}

/** Empty for processes that have ended, and for those of others. */
function environmentOf(pid: number): string {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`;
  } catch {
    return '';
  }
}
