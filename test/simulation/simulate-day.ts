import { setMaxListeners } from 'node:events';
import { createTurnLimiter } from '../../packages/gateway/src/engine/turn-limiter.ts';
import type { FleetMachine } from '../../packages/gateway/src/remote/known-machine.ts';
import { createRandom } from '../support/create-random.ts';
import { hourMs, type PlannedConversation } from './day-of-users.ts';
import { percentile } from './percentile.ts';
import { createSimulatedFleet, type Placing } from './simulated-fleet.ts';
import type { FoundProcess, MachineSize } from './simulated-machine.ts';
import { installVirtualClock } from './virtual-clock.ts';

export interface SimulatedDay {
  readonly turns: number;
  readonly followUps: number;
  /** That share of follow-ups went on in their own process; that share of all other turns found one that waited. */
  readonly liveShare: number;
  readonly warmShare: number;
  /** That share of turns waited for a place; so many were refused. */
  readonly queuedShare: number;
  readonly refused: number;
  /** From the request until the API was asked, in the hour in which that took longest: of half of the turns, and of all but a twentieth. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Of one machine: processes that there were on average, and at most; and how busy its cores were in the busiest hour, from 0 to 1. */
  readonly meanProcesses: number;
  readonly mostProcesses: number;
  readonly mostMemoryGigabytes: number;
  readonly busiestCpu: number;
}

export interface DayOptions {
  readonly machines: number;
  readonly size: MachineSize;
  /** Default: the product's own. */
  readonly placing?: Placing;
}

/** What a process holds for itself, waiting and working; what all of them share; what the server and the system take. */
const memoryMegabytes = { waiting: 100, working: 140, shared: 110, rest: 1000 };
const sampleMs = 10_000;
const never = new AbortController().signal;
setMaxListeners(0, never);

/** Plays a day on one gateway and its machines, by the product's own rules, with a clock and CPUs that are none; the same each time. */
export async function simulateDay(
  conversations: readonly PlannedConversation[],
  { machines, size, placing = 'own' }: DayOptions,
): Promise<SimulatedDay> {
  const clock = installVirtualClock();
  const fleet = createSimulatedFleet(clock, { machines, size, placing, random: createRandom(7) });
  const queue = createTurnLimiter({ maxConcurrent: machines * size.places, maxQueued: machines * 100, queueTimeoutMs: 60_000 });
  const waits = new Map<number, number[]>();
  const found: Record<'first' | 'next', Record<FoundProcess, number>> = {
    first: { live: 0, warm: 0, none: 0 },
    next: { live: 0, warm: 0, none: 0 },
  };
  const counts = { turns: 0, queued: 0, refused: 0 };
  const processes = { samples: 0, sum: 0, most: 0, mostMegabytes: 0 };
  const busy = new Map<number, number>();

  async function ask(machine: FleetMachine, turn: { conversation: string; index: number; answerMs: number }, begin: number): Promise<void> {
    await fleet.run(machine, turn, (process) => {
      found[turn.index === 0 ? 'first' : 'next'][process] += 1;
      const hour = Math.floor(begin / hourMs);
      const list = waits.get(hour) ?? [];
      waits.set(hour, list);
      list.push(clock.nowMs - begin);
    });
  }

  async function converse({ name, turns }: PlannedConversation): Promise<void> {
    for (const [index, { thinkMs, answerMs }] of turns.entries()) {
      if (index > 0) await clock.wait(thinkMs);
      counts.turns += 1;
      const begin = clock.nowMs;
      if (queue.state().running >= machines * size.places) counts.queued += 1;
      try {
        const release = await queue.acquire('', never);
        try {
          await ask(await fleet.place(name, index), { conversation: name, index, answerMs }, begin);
        } finally {
          release();
        }
      } catch {
        // Who is refused goes away.
        counts.refused += 1;
        return;
      }
    }
  }

  function sample(): void {
    for (const { machine } of fleet.machines) {
      const { all } = machine.processes();
      const working = Math.min(all, machine.limiter.state().running);
      const { waiting, shared, rest } = memoryMegabytes;
      processes.samples += 1;
      processes.sum += all;
      processes.most = Math.max(processes.most, all);
      const megabytes = working * memoryMegabytes.working + (all - working) * waiting + shared + rest;
      processes.mostMegabytes = Math.max(processes.mostMegabytes, megabytes);
    }
    const hour = Math.floor(clock.nowMs / hourMs);
    const usedMs = fleet.machines.reduce((sum, { machine }) => sum + machine.cpu.usedMs, 0);
    if (!busy.has(hour)) busy.set(hour, usedMs);
  }

  const [fromMs, toMs] = spanOf(conversations);
  try {
    for (const planned of conversations) clock.at(planned.atMs, () => void converse(planned));
    // The clock begins where the day does.
    await clock.runUntil(fromMs);
    setInterval(sample, sampleMs);
    await clock.runUntil(toMs);
    // Those who still talk go home.
    await clock.runUntil(toMs + hourMs);
  } finally {
    fleet.close();
    clock.close();
  }
  const followUps = found.next.live + found.next.warm + found.next.none;
  const others = found.first.warm + found.first.none + found.next.warm + found.next.none;
  const used = [...busy.values()];
  const hourly = used.slice(1).map((usedMs, index) => (usedMs - (used[index] ?? 0)) / (machines * size.cores * hourMs));
  const slowest = [...waits.values()].toSorted((one, other) => percentile(other, 0.95) - percentile(one, 0.95))[0] ?? [];
  return {
    ...{ turns: counts.turns, followUps, refused: counts.refused, queuedShare: counts.queued / counts.turns },
    ...{ liveShare: found.next.live / followUps, warmShare: (found.first.warm + found.next.warm) / others },
    ...{ p50Ms: percentile(slowest, 0.5), p95Ms: percentile(slowest, 0.95) },
    ...{ meanProcesses: processes.sum / processes.samples, mostProcesses: processes.most },
    ...{ mostMemoryGigabytes: processes.mostMegabytes / 1000, busiestCpu: Math.max(0, ...hourly) },
  };
}

function spanOf(conversations: readonly PlannedConversation[]): [number, number] {
  let [from, to] = [Number.POSITIVE_INFINITY, 0];
  for (const { atMs } of conversations) [from, to] = [Math.min(from, atMs), Math.max(to, atMs)];
  return [Math.floor(Math.min(from, to) / hourMs) * hourMs, Math.ceil(to / hourMs) * hourMs];
}
