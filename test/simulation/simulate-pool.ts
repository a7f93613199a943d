import { createRefillSchedule } from '../../packages/node/src/runner/pool/refill-schedule.ts';
import { createWarmPool } from '../../packages/node/src/runner/pool/warm-pool.ts';
import type { CliProcess } from '../../packages/node/src/runner/process/cli-process.ts';
import { silentLogger } from '../support/silent-logger.ts';
import type { ArrivalPattern } from './arrival-patterns.ts';
import { createVirtualCpu } from './virtual-cpu.ts';
import { installVirtualClock } from './virtual-clock.ts';

export interface SimulatedMachine {
  readonly cores: number;
  /** What a start of a CLI takes, as one that has the CPU to itself. */
  readonly startCpuMs: number;
  /** What a turn takes before the API is asked. */
  readonly turnCpuMs: number;
  /** How long the API then answers. */
  readonly answerMs: number;
  readonly minIdle: number;
  readonly maxIdle: number;
}

/** Two cores, and times as they were measured on them with Claude Code 2.1.330. */
export const usualMachine: SimulatedMachine = { cores: 2, startCpuMs: 550, turnCpuMs: 90, answerMs: 3000, minIdle: 1, maxIdle: 4 };

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

/** Replays arrivals on the real pool and its schedule, with a clock and a CPU that are none; the same each time. */
export async function simulatePool(arrivals: ArrivalPattern, machine: SimulatedMachine = usualMachine): Promise<SimulatedPool> {
  const clock = installVirtualClock();
  const cpu = createVirtualCpu(clock, machine.cores);
  const up = new Map<CliProcess, Promise<void>>();
  const ready = new Set<CliProcess>();
  const waits: number[] = [];
  let warm = 0;
  let idleMs = 0;

  function start(): CliProcess {
    const cli = { ended: new Promise<void>(() => {}), failure: undefined, stop: async () => {} } as unknown as CliProcess;
    const started = cpu.use(machine.startCpuMs).then(() => void ready.add(cli));
    up.set(cli, started);
    return cli;
  }

  const schedule = createRefillSchedule(() => pool.refill());
  const pool = createWarmPool({
    ...{ start, breaker: { circuit: 'closed', waitMs: 0 }, logger: silentLogger, underWay: new Map() },
    prime: async (cli) => up.get(cli),
    ...{ minIdle: machine.minIdle, maxIdle: machine.maxIdle, maxStarts: Math.floor(machine.cores / 2) },
    turns: () => schedule.turns,
  });

  async function converse(): Promise<void> {
    const begin = clock.nowMs;
    const end = schedule.begin();
    const cli = pool.take();
    if (ready.has(cli)) warm += 1;
    await up.get(cli);
    await cpu.use(machine.turnCpuMs);
    waits.push(clock.nowMs - begin);
    clock.at(clock.nowMs + machine.answerMs, end);
  }

  const lengthMs = (arrivals.at(-1) ?? 0) + 60_000;
  const leadMs = 10_000;
  try {
    pool.refill();
    for (const at of arrivals) clock.at(leadMs + at, () => void converse());
    setInterval(() => (idleMs += pool.state().idle * 1000), 1000);
    await clock.runUntil(leadMs + lengthMs);
  } finally {
    pool.close();
    schedule.close();
    clock.close();
  }
  const sorted = waits.toSorted((one, other) => one - other);
  const percentile = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return {
    conversations: arrivals.length,
    warmShare: warm / arrivals.length,
    p50Ms: percentile(0.5),
    p95Ms: percentile(0.95),
    startCpuSeconds: (up.size * machine.startCpuMs) / 1000,
    meanIdle: idleMs / (leadMs + lengthMs),
  };
}
