import type { TurnLimiter } from '../engine/turn-limiter.ts';
import { randomId } from '../basics/random-id.ts';
import { waitOrBegin, withinTime } from '../basics/waiting.ts';
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
/** A runner whose health can't be told in this time is not well; its processes stay as they were last known. */
const longestLookMs = 3000;
const notKnown = { warm: 0, live: 0, load: 0 };

export function createMachine({ runner, limiter, places, isStopping, processes }: MachineOptions): Machine {
  /** When each was held last; the latest comes last. */
  const holds = new Map<string, number>();
  let counted = notKnown;
  // Drawn when it is of use: workers have no randomness until there is a request.
  let identity: string | undefined;

  async function count(): Promise<void> {
    try {
      counted = (await withinTime((async () => processes?.())(), longestLookMs)) ?? counted;
    } catch {
      // What was known last is told.
    }
  }

  const room = (): Room => ({ places, ...limiter.state(), ...counted });

  return {
    room,
    async state() {
      const [health] = await Promise.all([healthOf(runner), count()]);
      const now = performance.now();
      for (const [session, at] of holds) if (now - at > longestHoldMs) holds.delete(session);
      identity ??= randomId();
      return {
        identity,
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
  const silent = { healthy: false, problem: 'The machine does not tell how it is.', details: {} };
  return waitOrBegin(runner.health(), longestLookMs, async () => silent);
}
