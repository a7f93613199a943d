import { setMaxListeners } from 'node:events';
import { createTurnLimiter, type TurnLimiter } from '../../packages/gateway/src/engine/turn-limiter.ts';
import { createLiveSessions } from '../../packages/node/src/runner/pool/live-sessions.ts';
import { createRefillSchedule } from '../../packages/node/src/runner/pool/plan-pool.ts';
import { createWarmPool } from '../../packages/node/src/runner/pool/warm-pool.ts';
import type { CliProcess } from '../../packages/node/src/runner/process/cli-process.ts';
import type { Session } from '../../packages/node/src/runner/session/session.ts';
import { silentLogger } from '../support/silent-logger.ts';
import { createVirtualCpu } from './virtual-cpu.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface MachineSize {
  readonly cores: number;
  /** What a start of a CLI takes, as one that has the CPU to itself. */
  readonly startCpuMs: number;
  /** What a turn takes before the API is asked: a first one, one that its own process goes on with, and one that another process takes on. */
  readonly newCpuMs: number;
  readonly liveCpuMs: number;
  readonly takeOverCpuMs: number;
  /** What the CLI works while it answers. */
  readonly answerCpuMs: number;
  /** `claude.max_concurrent_sessions`. */
  readonly places: number;
  readonly minIdle: number;
  readonly maxIdle: number;
  readonly maxLive: number;
  readonly liveIdleMs: number;
}

/** Two cores, and times as they were measured on them with Claude Code 2.1.330; the settings are the defaults. */
export const usualMachine: MachineSize = {
  ...{ cores: 2, startCpuMs: 550, newCpuMs: 90, liveCpuMs: 30, takeOverCpuMs: 125, answerCpuMs: 150 },
  ...{ places: 10, minIdle: 1, maxIdle: 4, maxLive: 10, liveIdleMs: 300_000 },
};

export interface SimulatedTurn {
  readonly conversation: string;
  /** 0 for the first of its conversation. */
  readonly index: number;
  /** How long the API answers. */
  readonly answerMs: number;
}

/** Four cores and 16 GB, with settings that fill it. */
export const machineOf16Gigabytes: MachineSize = { ...usualMachine, cores: 4, places: 40, maxIdle: 8, maxLive: 60 };

/** Which process had a turn: that of its conversation, one that waited, or one that had to be started, or was still being. */
export type FoundProcess = 'live' | 'warm' | 'none';

export interface SimulatedMachine {
  /**
   * Runs a turn.
   *
   * @param onAsked Told when the API is asked, and which process asks it.
   * @throws {GatewayError} 429 when there is no place, or none for too long.
   */
  run(turn: SimulatedTurn, onAsked: (found: FoundProcess) => void): Promise<void>;
  readonly limiter: TurnLimiter;
  /** Processes that wait for new conversations, that wait for a follow-up, and that are being started to wait; and all there are. */
  processes(): { readonly warm: number; readonly live: number; readonly starting: number; readonly all: number };
  readonly starts: number;
  readonly cpu: { readonly usedMs: number; load(): number };
  close(): void;
}

const never = new AbortController().signal;
setMaxListeners(0, never);

/** A machine whose processes and CPU are none; what decides on them is the real pool, the real schedule, the real queue and the real rule of who stays live. */
export function createSimulatedMachine(clock: VirtualClock, size: MachineSize): SimulatedMachine {
  const cpu = createVirtualCpu(clock, size.cores);
  const up = new Map<CliProcess, Promise<void>>();
  const ready = new Set<CliProcess>();
  let starts = 0;

  function start(): CliProcess {
    const end = async (): Promise<void> => void (up.delete(cli), ready.delete(cli));
    const cli = { ended: new Promise<void>(() => {}), failure: undefined, stop: end } as unknown as CliProcess;
    starts += 1;
    up.set(
      cli,
      cpu.use(size.startCpuMs).then(() => void (up.has(cli) && ready.add(cli))),
    );
    return cli;
  }

  const limiter = createTurnLimiter({ maxConcurrent: size.places, maxQueued: 100, queueTimeoutMs: 60_000 });
  const schedule = createRefillSchedule(() => pool.refill());
  const pool = createWarmPool({
    ...{ start, breaker: { circuit: 'closed', waitMs: 0 }, logger: silentLogger, underWay: new Map() },
    prime: async (cli) => up.get(cli),
    ...{ minIdle: size.minIdle, maxIdle: size.maxIdle, maxStarts: Math.floor(size.cores / 2) },
    turns: () => schedule.turns,
  });
  const live = createLiveSessions({
    ...{ maxLive: size.maxLive, idleMs: size.liveIdleMs, maxMemoryBytes: Number.POSITIVE_INFINITY },
    memory: { kind: 'pss', measure: async () => 0 },
  });
  const held = new WeakMap<Session, CliProcess>();
  pool.refill();

  async function find(digest: string): Promise<{ readonly cli: CliProcess; readonly found: FoundProcess }> {
    const session = live.take(digest);
    const own = session && held.get(session);
    if (own !== undefined) return { cli: own, found: 'live' };
    const cli = pool.take();
    const found = ready.has(cli) ? 'warm' : 'none';
    await up.get(cli);
    return { cli, found };
  }

  async function converse({ conversation, index, answerMs }: SimulatedTurn, onAsked: (found: FoundProcess) => void): Promise<void> {
    const before = `${conversation} ${index - 1}`;
    const { cli, found } = await find(before);
    const takenCpuMs = index === 0 ? size.newCpuMs : size.takeOverCpuMs;
    await cpu.use(found === 'live' ? size.liveCpuMs : takenCpuMs);
    onAsked(found);
    await Promise.all([clock.wait(answerMs), cpu.use(size.answerCpuMs)]);
    const session = { pid: undefined, stop: () => cli.stop() } as unknown as Session;
    held.set(session, cli);
    const digest = `${conversation} ${index}`;
    live.put({ ...(index > 0 && { before }), digest, tenant: '', question: digest }, session);
  }

  return {
    async run(turn, onAsked) {
      const release = await limiter.acquire('', never);
      const end = schedule.begin();
      try {
        await converse(turn, onAsked);
      } finally {
        end();
        release();
      }
    },
    limiter,
    processes: () => ({ warm: pool.state().idle, starting: pool.state().starting, live: live.state().count, all: up.size }),
    get starts() {
      return starts;
    },
    cpu,
    close() {
      pool.close();
      schedule.close();
      live.close();
    },
  };
}
