import type * as z from 'zod/mini';
import type { Logger } from '../ports/logger.ts';
import type { MachineError } from './machine-error.ts';
import type { MachineLink } from './machine-link.ts';
import {
  createKnownMachine,
  distinct,
  identityOf,
  isNews,
  isOpen,
  toMachineRoom,
  toReport,
  type FleetMachine,
  type KnownMachine,
  type MachineReport,
} from './known-machine.ts';
import { placeTurn, type Placement } from './place-turn.ts';
import { machineFaults, paths, stateSchema, type stateRequestSchema } from './protocol.ts';
import { waitOrBegin, withinTime } from '../basics/waiting.ts';
import { waitForEnough } from './wait-for-enough.ts';

export interface FleetOptions {
  /** The base URLs of the machines, as they are now. */
  readonly list: () => Promise<readonly string[]> | readonly string[];
  readonly link: (url: string) => MachineLink;
  /** What this gateway tells machines when it asks how they are. */
  readonly greeting: () => z.infer<typeof stateRequestSchema>;
  /** How often each machine is asked how it is while turns run, in milliseconds between two times. */
  readonly pollMs: number;
  readonly logger: Logger;
}

export interface Fleet {
  /** Waits until it is known of a machine that it can be asked, or of all how they are. */
  ready(): Promise<void>;
  /** @returns Undefined when there is none to be asked. */
  place(placement: Omit<Placement, 'holder'>, session: string | undefined, except: ReadonlySet<string>): FleetMachine | undefined;
  /** The machine holds the conversation that is known by this name. */
  hold(session: string, machine: FleetMachine): void;
  /** Gives a machine nothing until it says that it is well. */
  leaveOut(machine: FleetMachine, error: MachineError): void;
  /** Asks all machines how they are. Once one has said that it can be asked, the others have half a second: one that is not reached is not waited for. */
  refresh(): Promise<void>;
  readonly open: readonly FleetMachine[];
  reports(): readonly MachineReport[];
  close(): void;
}

const probeTimeoutMs = 4000;
const longestRefreshMs = 2 * probeTimeoutMs;
const maxHeld = 20_000;
/** Nobody asks in vain how machines are for longer than this after the last turn. */
const restMs = 60_000;

export function createFleet({ list, link, greeting, pollMs, logger }: FleetOptions): Fleet {
  const machines = new Map<string, KnownMachine>();
  /** Not on the list any more, but with turns that still run there: who is not asked ends them. */
  const leaving = new Set<KnownMachine>();
  /** Which machine holds what, and since when. */
  const holders = new Map<string, { readonly machine: string; readonly at: number }>();
  let timer: ReturnType<typeof setInterval> | undefined;
  let refreshing: Promise<void> | undefined;
  let refreshedAt = 0;
  let lastUse = 0;

  /**
   * Has the machines asked while a turn runs, until what is returned is called: one ends the turns of who does not ask. On workers the timer
   * for all may have ended with another request.
   */
  function askMeanwhile(): () => void {
    const own = setInterval(() => {
      if (performance.now() - refreshedAt > 1.5 * pollMs) void refresh();
    }, pollMs);
    return () => clearInterval(own);
  }

  async function readList(): Promise<void> {
    try {
      const names = new Set((await withinTime((async () => list())(), probeTimeoutMs)).map(toName));
      // A file that is being written is empty for a moment.
      if (names.size === 0 && machines.size > 0) throw new Error('There is none in it.');
      for (const name of names) if (!machines.has(name)) machines.set(name, createKnownMachine(name, link(name), askMeanwhile));
      for (const [name, known] of machines) {
        if (names.has(name)) continue;
        machines.delete(name);
        leaving.add(known);
      }
    } catch (error) {
      logger.warn({ error }, 'the list of machines can not be read; the last one stands');
    }
  }

  async function probe(known: KnownMachine): Promise<void> {
    const askedAt = performance.now();
    try {
      const state = stateSchema.parse(await known.link.ask(paths.state, greeting(), probeTimeoutMs));
      if (!isNews(known, askedAt)) return;
      known.state = state;
      known.ownThen = known.own;
      known.begunSince = 0;
      const now = performance.now();
      for (const [session, agoMs] of known.state.holds) note(session, known.name, now - agoMs);
      if (known.problem !== undefined) logger.info({ machine: known.name }, 'a machine is back');
      known.problem = undefined;
    } catch (error) {
      if (isNews(known, askedAt)) leaveOut(known, error);
    }
  }

  function leaveOut(known: { readonly name: string; problem?: string | undefined }, error: unknown): void {
    const problem = error instanceof Error ? error.message : String(error);
    if (known.problem === undefined) logger.warn({ machine: known.name, error }, 'a machine is left out until it is well');
    known.problem = problem;
  }

  function note(session: string, machine: string, at: number): void {
    const found = holders.get(session);
    if (found !== undefined && found.at >= at) return;
    holders.delete(session);
    holders.set(session, { machine, at });
    const [oldest] = holders.keys();
    if (holders.size > maxHeld && oldest !== undefined) holders.delete(oldest);
  }

  function refresh(): Promise<void> {
    const all = async (): Promise<void> => {
      await readList();
      for (const known of leaving) {
        if (known.own > 0) void probe(known);
        else leaving.delete(known);
      }
      await waitForEnough([...machines.values()].map((known) => probe(known).then(() => isOpen(known))));
    };
    const now = performance.now();
    if (refreshing !== undefined && now - refreshedAt < longestRefreshMs) return waitOrBegin(refreshing, longestRefreshMs, refresh);
    refreshedAt = now;
    const own = all().finally(() => {
      if (refreshing === own) refreshing = undefined;
    });
    refreshing = own;
    return own;
  }

  /** It is begun by the first turn: some platforms allow no timers before. */
  function keepAsking(): void {
    lastUse = performance.now();
    // On workers a timer ends with the request that began it: one that should have asked twice meanwhile is begun anew.
    if (timer !== undefined && lastUse - refreshedAt > 2 * pollMs) {
      clearInterval(timer);
      timer = undefined;
    }
    timer ??= setInterval(() => {
      const isBusy = [...machines.values(), ...leaving].some(({ own }) => own > 0);
      if (isBusy || performance.now() - lastUse < restMs) return void refresh();
      clearInterval(timer);
      timer = undefined;
    }, pollMs);
  }

  return {
    async ready() {
      const before = timer;
      keepAsking();
      if (before !== undefined && before === timer && [...machines.values()].some(isOpen)) return;
      await refresh();
    },
    place({ key, stays }, session, except) {
      const all = distinct(machines.values());
      const held = session === undefined ? undefined : machines.get(holders.get(session)?.machine ?? '');
      const holder = held && all.find((known) => identityOf(known) === identityOf(held))?.name;
      const name = placeTurn(
        { key, holder, stays },
        all.map((known) => toMachineRoom(known, except)),
      );
      return name === undefined ? undefined : machines.get(name);
    },
    hold: (session, { name }) => note(session, name, performance.now()),
    leaveOut: ({ name }, error) => {
      const known = machines.get(name);
      if (known === undefined) return;
      leaveOut(known, error);
      // What it says of itself holds at all its addresses.
      if (!machineFaults.has(error.told.code)) return;
      for (const other of machines.values()) if (identityOf(other) === identityOf(known)) leaveOut(other, error);
    },
    refresh,
    get open() {
      return distinct(machines.values()).filter(isOpen);
    },
    reports: () => distinct(machines.values()).map(toReport),
    close: () => clearInterval(timer),
  };
}

/** The same for all ways to write a URL, so that no machine is two. */
function toName(url: string): string {
  return (URL.canParse(url) ? new URL(url).href : url).replace(/\/+$/, '');
}
