import type { TurnLimiter } from '../engine/turn-limiter.ts';
import type { ClaudeRunner } from '../ports/claude-runner.ts';
import type { MachineState, Room } from './protocol.ts';

export interface MachineOptions {
  readonly runner: ClaudeRunner;
  readonly limiter: TurnLimiter;
  /** Turns that run at once. */
  readonly places: number;
  readonly isStopping: () => boolean;
  readonly processes: (() => Promise<{ readonly warm: number; readonly live: number; readonly load: number }>) | undefined;
}

/** What a machine tells of itself. */
export interface Machine {
  /** With what was last known of the processes. */
  room(): Room;
  state(): Promise<MachineState>;
  /** It holds this conversation now. */
  hold(session: string): void;
  /** It holds it no more. */
  drop(session: string): void;
}

const maxHolds = 500;
const longestHoldMs = 3_600_000;
/** A runner whose health can't be told in this time is not well. */
const healthTimeoutMs = 3000;
const notKnown = { warm: 0, live: 0, load: 0 };

export function createMachine({ runner, limiter, places, isStopping, processes }: MachineOptions): Machine {
  /** When each was held last; the latest comes last. */
  const holds = new Map<string, number>();
  let counted = notKnown;

  async function count(): Promise<void> {
    counted = (await processes?.().catch(() => undefined)) ?? counted;
  }

  const room = (): Room => ({ places, ...limiter.state(), ...counted });

  return {
    room,
    async state() {
      const [health] = await Promise.all([healthOf(runner), count()]);
      const now = performance.now();
      for (const [session, at] of holds) if (now - at > longestHoldMs) holds.delete(session);
      return {
        healthy: health.healthy,
        ...(health.problem !== undefined && { problem: health.problem }),
        draining: isStopping(),
        room: room(),
        holds: [...holds].map(([session, at]): [string, number] => [session, Math.round(now - at)]),
        details: health.details,
      };
    },
    hold(session) {
      holds.delete(session);
      holds.set(session, performance.now());
      const [oldest] = holds.keys();
      if (holds.size > maxHolds && oldest !== undefined) holds.delete(oldest);
      void count();
    },
    drop: (session) => void holds.delete(session),
  };
}

async function healthOf(runner: ClaudeRunner): ReturnType<ClaudeRunner['health']> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Awaited<ReturnType<ClaudeRunner['health']>>>((resolve) => {
    timer = setTimeout(() => resolve({ healthy: false, problem: 'The machine does not tell how it is.', details: {} }), healthTimeoutMs);
  });
  try {
    return await Promise.race([runner.health(), late]);
  } finally {
    clearTimeout(timer);
  }
}
