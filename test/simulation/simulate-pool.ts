import type { ArrivalPattern } from './arrival-patterns.ts';
import { percentile } from './percentile.ts';
import { createSimulatedMachine, usualMachine, type MachineSize } from './simulated-machine.ts';
import { installVirtualClock } from './virtual-clock.ts';

export interface SimulatedPool {
  readonly conversations: number;
  /** That share of new conversations found a process ready. */
  readonly warmShare: number;
  /** How long they waited until the API was asked: of half of them, and of all but a twentieth. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** CPU time of all starts, of those too that conversations waited for. */
  readonly startCpuSeconds: number;
  /** So many waited on average. */
  readonly meanIdle: number;
}

/** A machine for conversations of one turn, with as many places as come: what is left is the pool. */
const poolAlone: MachineSize = { ...usualMachine, places: Number.POSITIVE_INFINITY, maxLive: 0, answerCpuMs: 0 };
const answerMs = 3000;

/** Replays arrivals on the real pool and its schedule, with a clock and a CPU that are none; the same each time. */
export async function simulatePool(arrivals: ArrivalPattern, size: Partial<MachineSize> = {}): Promise<SimulatedPool> {
  const whole = { ...poolAlone, ...size };
  const clock = installVirtualClock();
  const waits: number[] = [];
  let warm = 0;
  let idleMs = 0;
  const lengthMs = (arrivals.at(-1) ?? 0) + 60_000;
  const leadMs = 10_000;
  const machine = createSimulatedMachine(clock, whole);

  async function converse(conversation: string): Promise<void> {
    const begin = clock.nowMs;
    await machine.run({ conversation, index: 0, answerMs }, (found) => {
      if (found === 'warm') warm += 1;
      waits.push(clock.nowMs - begin);
    });
  }

  try {
    for (const [index, at] of arrivals.entries()) clock.at(leadMs + at, () => void converse(String(index)));
    setInterval(() => (idleMs += machine.processes().warm * 1000), 1000);
    await clock.runUntil(leadMs + lengthMs);
  } finally {
    machine.close();
    clock.close();
  }
  return {
    conversations: arrivals.length,
    warmShare: warm / arrivals.length,
    p50Ms: percentile(waits, 0.5),
    p95Ms: percentile(waits, 0.95),
    startCpuSeconds: (machine.starts * whole.startCpuMs) / 1000,
    meanIdle: idleMs / (leadMs + lengthMs),
  };
}
