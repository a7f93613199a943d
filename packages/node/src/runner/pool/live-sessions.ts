import type { Session } from '../session/session.ts';
import type { MemoryKind, ProcessMemory } from '../process/process-memory.ts';
import { createTurnHistory, type EndedTurn } from './turn-history.ts';
import type { CliLogin } from '../cli/cli-login.ts';

export interface LiveSessionsOptions {
  /** The most processes that wait for a follow-up. */
  readonly maxLive: number;
  /** The longest wait for a follow-up. */
  readonly idleMs: number;
  /** The most memory that they hold together, in bytes. */
  readonly maxMemoryBytes: number;
  readonly memory: ProcessMemory;
}

export interface LiveSessions {
  /** Keeps a session for whoever continues it from exactly the digest of its history after this turn. */
  put(turn: EndedTurn, session: Session): void;
  /** Hands the session over; it is then the taker's. */
  take(digest: string): Session | undefined;
  state(): LiveState;
  /** Waits for nobody any more; the processes are ended by whoever started them. */
  close(): void;
}

export interface LiveState {
  /** How many processes wait for a follow-up. */
  readonly count: number;
  /** What they hold together, as far as it is known. */
  readonly memoryBytes: number;
  readonly memoryKind: MemoryKind;
}

interface Live {
  readonly turn: EndedTurn;
  readonly session: Session;
  readonly timer: NodeJS.Timeout;
  /** As it was when the process began to wait: that changes it little. */
  memoryBytes: number;
}

/** What conversations that have gone on before may take of the room; the rest is for new ones, which may go on as well. */
const provenShare = 0.8;
/** To weigh a process takes some 3 ms of CPU, and it changes little from turn to turn. */
const weighedEveryMs = 60_000;

/**
 * The processes that stay alive after their turn, found again by the exact history that they hold. When there is no room for all,
 * conversations that have gone on before, or wait for results, outlive those that do not: clients ask for titles, tags and the like aside, and never
 * come back to them. Of those that have not, such as are asked in the words of others go first, then the one that waits longest.
 */
export function createLiveSessions(options: LiveSessionsOptions): LiveSessions {
  const history = createTurnHistory();
  /** The one that waits longest comes first. Several may hold the same history: greetings are often alike. */
  const live = new Set<Live>();
  const weights = new WeakMap<Session, { readonly bytes: number; readonly at: number }>();

  function remove(found: Live): Session {
    clearTimeout(found.timer);
    live.delete(found);
    return found.session;
  }

  function drop(found: Live): void {
    void remove(found).stop();
  }

  /** The first of the least, in the order of waiting; the newest only when there is no other. */
  function leastWanted(): Live | undefined {
    const proven = [...live].filter(({ turn }) => history.isGoingOn(turn));
    const { count, memoryBytes } = sumOf(proven);
    if (count > options.maxLive * provenShare || memoryBytes > options.maxMemoryBytes * provenShare) return proven[0];
    const newest = [...live].at(-1);
    const others = [...live]
      .filter((each) => each !== newest && !proven.includes(each))
      .map((each) => ({ each, likeness: history.likeness(each.turn) }));
    return others.toSorted((one, other) => other.likeness - one.likeness)[0]?.each ?? [...live][0];
  }

  function makeRoom(): void {
    for (;;) {
      const { count, memoryBytes } = sumOf(live);
      if (count <= options.maxLive && memoryBytes <= options.maxMemoryBytes) return;
      const next = leastWanted();
      if (next === undefined) return;
      drop(next);
    }
  }

  /** No turn waits for this; whoever is gone by the time it is known counts no more. */
  async function weigh(added: Live): Promise<void> {
    const { session } = added;
    if (session.pid === undefined || performance.now() - (weights.get(session)?.at ?? Number.NEGATIVE_INFINITY) < weighedEveryMs) return;
    added.memoryBytes = await options.memory.measure(session.pid);
    weights.set(session, { bytes: added.memoryBytes, at: performance.now() });
    makeRoom();
  }

  return {
    put(turn, session) {
      history.add(turn);
      const timer = setTimeout(() => drop(added), options.idleMs);
      timer.unref();
      const added: Live = { turn, session, timer, memoryBytes: weights.get(session)?.bytes ?? 0 };
      live.add(added);
      makeRoom();
      if (live.has(added)) void weigh(added);
    },
    take(digest) {
      const found = [...live].findLast((each) => each.turn.digest === digest);
      return found && remove(found);
    },
    state: () => ({ ...sumOf(live), memoryKind: options.memory.kind }),
    close() {
      for (const { timer } of live) clearTimeout(timer);
      live.clear();
    },
  };
}

function sumOf(live: Iterable<Live>): Omit<LiveState, 'memoryKind'> {
  const each = [...live];
  return { count: each.length, memoryBytes: each.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0) };
}

export interface LiveDefaults {
  /** The most processes that wait for a follow-up. */
  readonly count: number;
  readonly idleSeconds: number;
}

/**
 * How long processes wait for a follow-up, and how many, when nobody says. Under a subscription a process that takes
 * a conversation on has to be started for it, and the CLI has prompts cached for an hour: so they wait for that hour.
 */
export function liveDefaults(login: CliLogin): LiveDefaults {
  return login === 'subscription' ? { count: 20, idleSeconds: 3600 } : { count: 10, idleSeconds: 300 };
}
