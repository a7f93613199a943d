import type { Settings } from '../config/settings-schema.ts';
import { liveDefaults } from '../runner/pool/live-sessions.ts';
import { createProcessMemory, type MemoryKind } from '../runner/process/process-memory.ts';
import type { CliLogin } from '../runner/cli/cli-login.ts';
import type { CheckResult } from './check-result.ts';

/** What a CLI process takes, as measured, by how it is counted. */
const processBytes: Readonly<Record<MemoryKind, number>> = { pss: 110_000_000, rss: 200_000_000 };

export interface MachineMemory {
  /** What is free. Default: as this machine says. */
  readonly availableBytes?: number;
  /** How processes are counted. Default: as on this machine. */
  readonly kind?: MemoryKind;
}

/** Whether there is memory for all the processes that there may be. */
export function checkMemory({ claude }: Settings, login: CliLogin, machine: MachineMemory = {}): CheckResult {
  const { availableBytes = process.availableMemory(), kind = createProcessMemory().kind } = machine;
  const each = processBytes[kind];
  const live = Math.min((claude.max_live_processes ?? liveDefaults(login).count) * each, claude.max_live_memory_megabytes * 1_000_000);
  const idle = Math.max(claude.min_idle_processes, claude.max_idle_processes);
  const needed = live + (claude.max_concurrent_sessions + idle) * each;
  const what = `${inGigabytes(availableBytes)} are free; the processes that there may be at once take up to some ${inGigabytes(needed)}`;
  if (availableBytes >= needed) return { status: 'ok', what };
  return {
    status: 'warn',
    what,
    advice:
      'Lower claude.max_live_processes, claude.max_live_memory_megabytes, claude.max_concurrent_sessions or claude.max_idle_processes.',
  };
}

function inGigabytes(bytes: number): string {
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}
