import type { ChildProcess } from 'node:child_process';

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
