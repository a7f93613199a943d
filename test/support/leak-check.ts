import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childProcesses } from './cli/child-processes.ts';
import { watchTimers } from './watch-timers.ts';
import { until } from './until.ts';

export interface LeakCheck {
  /**
   * Waits, by default for thirty seconds at most, until nothing is left of what was started since the check began.
   *
   * @throws {Error} With what is left: a child process (a zombie too), a temporary directory, an active handle.
   */
  finish(patienceMs?: number): Promise<void>;
}

/** What comes and goes by itself, also in a process that does nothing. */
const passing = new Set(['Immediate', 'TickObject', 'Microtask']);

/**
 * Begins to watch what this process leaves behind. Until it is finished, `os.tmpdir()` is a directory of its own, so that
 * other tests which run at the same time are not taken for leaks.
 */
export function startLeakCheck(): LeakCheck {
  const before = tmpdir();
  const own = mkdtempSync(join(before, 'leak-check-'));
  const given = process.env['TMPDIR'];
  process.env['TMPDIR'] = own;
  const childrenBefore = new Set(childProcesses().map(({ pid }) => pid));
  const handlesBefore = countHandles();
  const timers = watchTimers();

  function leaks(): string[] {
    return [
      ...childProcesses()
        .filter(({ pid }) => !childrenBefore.has(pid))
        .map(({ pid, state, command }) => `child process ${pid} (${state}) ${command}`),
      ...readdirSync(own).map((name) => `temporary file ${join(own, name)}`),
      ...[...countHandles()].flatMap(([type, count]) => {
        const earlier = handlesBefore.get(type) ?? 0;
        return count > earlier ? [`${count - earlier} active handles of type ${type}`] : [];
      }),
      ...timers.running().map((place) => `a timer made ${place}`),
    ];
  }

  return {
    async finish(patienceMs = 30_000) {
      try {
        await until(
          () => leaks().length === 0,
          () => `left behind: ${leaks().join('; ')}`,
          patienceMs,
        );
      } finally {
        timers.stop();
        if (given === undefined) delete process.env['TMPDIR'];
        else process.env['TMPDIR'] = given;
        rmSync(own, { recursive: true, force: true });
      }
    },
  };
}

function countHandles(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) if (!passing.has(type)) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}
