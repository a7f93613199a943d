import { setTimeout as wait } from 'node:timers/promises';
import { childProcesses } from '../../support/cli/child-processes.ts';
import { untilHealth } from '../../support/servers/until-health.ts';
import type { SoakServer } from './start-soak-server.ts';

/** From the first process that was killed until the server has got over it. By `performance.now()`, in milliseconds. */
export interface Storm {
  readonly from: number;
  readonly to: number;
}

export interface Storms {
  readonly all: readonly Storm[];
  readonly counts: { readonly killed: number; readonly frozen: number };
  /**
   * Kills and freezes CLIs at random for three seconds; none is left frozen.
   *
   * @throws {Error} When the server does not get over it.
   */
  run(signal: AbortSignal): Promise<void>;
}

const stormMs = 3000;
const stepMs = 350;
/** What was killed is noticed by then. */
const aftermathMs = 2000;
/** What happens to the next one. */
const order = ['SIGSTOP', 'SIGKILL', 'SIGKILL', 'SIGSTOP', 'SIGKILL'] as const;
/** On a machine that has much else to do, a CLI takes seconds to start. */
const recoveryMs = 40_000;

export function createStorms({ pid: serverPid, url }: Pick<SoakServer, 'pid' | 'url'>): Storms {
  const all: Storm[] = [];
  const counts = { killed: 0, frozen: 0 };

  /** Does it to a process of the server's, unless that has ended in the meantime. */
  function strike(pid: number, signal: NodeJS.Signals): boolean {
    try {
      return process.kill(pid, signal);
    } catch {
      return false;
    }
  }

  async function rage(signal: AbortSignal, frozen: Set<number>): Promise<void> {
    const end = performance.now() + stormMs;
    for (let step = 0; performance.now() < end && !signal.aborted; step += 1) {
      const running = childProcesses(serverPid).filter(({ state, pid }) => state !== 'Z' && !frozen.has(pid));
      const chosen = running[Math.floor(Math.random() * running.length)];
      const how = order[step % order.length]!;
      if (chosen !== undefined && strike(chosen.pid, how)) {
        if (how === 'SIGSTOP') frozen.add(chosen.pid);
        counts[how === 'SIGSTOP' ? 'frozen' : 'killed'] += 1;
      }
      await wait(stepMs);
    }
  }

  return {
    all,
    counts,
    async run(signal) {
      const from = performance.now();
      const index = all.length;
      // Open until it is over: what is asked meanwhile is touched by it.
      all.push({ from, to: Number.POSITIVE_INFINITY });
      const frozen = new Set<number>();
      try {
        await rage(signal, frozen);
      } finally {
        for (const { pid } of childProcesses(serverPid)) if (frozen.has(pid)) strike(pid, 'SIGKILL');
      }
      await wait(aftermathMs, undefined, { signal }).catch(() => {});
      // While none came up, no more are started for a time.
      await untilHealth(url, ({ circuit }) => circuit === 'closed', recoveryMs);
      all[index] = { from, to: performance.now() };
    },
  };
}
