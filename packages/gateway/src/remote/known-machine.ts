import type { MachineLink } from './machine-link.ts';
import type { MachineRoom } from './place-turn.ts';
import type { MachineState, Room } from './protocol.ts';

/** What is known of one machine. */
export interface MachineReport {
  /** Base URL. */
  readonly name: string;
  /** `gone`: it is not reached, or speaks another version; `unwell`: it says that turns would fail; `draining`: it is about to end. */
  readonly status: 'ok' | 'gone' | 'unwell' | 'draining' | 'unknown';
  /** Why it is given nothing; absent where it is. */
  readonly problem?: string;
  /** Absent before it has told. */
  readonly room?: Room;
  /** What its runner tells of itself. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** A machine, and what this gateway does there. */
export interface FleetMachine {
  readonly name: string;
  readonly link: MachineLink;
  /** A turn begins there; what is returned is called at its end. */
  begin(): () => void;
  /** What it told of its room with a turn's end. */
  tell(room: Room): void;
}

/** A machine of a fleet, and what was told of it. */
export interface KnownMachine extends FleetMachine {
  state: MachineState | undefined;
  problem: string | undefined;
  /** When it was asked what it has answered, or failed to answer, last: by `performance.now()`. */
  heardOf: number;
  /** Turns of this gateway that run there, now and when the room was told. */
  own: number;
  ownThen: number;
  begunSince: number;
}

/** @param onBegin Called as a turn begins there; what it returns is called at its end. */
export function createKnownMachine(name: string, link: MachineLink, onBegin: () => () => void): KnownMachine {
  const known: KnownMachine = {
    ...{ name, link, state: undefined, problem: undefined, heardOf: 0, own: 0, ownThen: 0, begunSince: 0 },
    begin() {
      known.own += 1;
      known.begunSince += 1;
      const end = onBegin();
      return () => {
        known.own -= 1;
        end();
      };
    },
    tell(room) {
      if (known.state !== undefined) known.state = { ...known.state, room };
      // The turn that has just ended is not counted in it.
      known.ownThen = known.own - 1;
    },
  };
  return known;
}

/** Each machine once, however many addresses it has: by the first of those at which it can be asked, the same for all gateways. */
export function distinct(machines: Iterable<KnownMachine>): readonly KnownMachine[] {
  const found = new Map<string, KnownMachine>();
  for (const known of machines) {
    const other = found.get(identityOf(known));
    const isBetter = other === undefined || (isOpen(known) === isOpen(other) ? known.name < other.name : isOpen(known));
    if (isBetter) found.set(identityOf(known), known);
  }
  return [...found.values()];
}

/** Questions to a machine that is slow overlap: what becomes of one does not count after a later one. */
export function isNews(known: KnownMachine, askedAt: number): boolean {
  if (askedAt < known.heardOf) return false;
  known.heardOf = askedAt;
  return true;
}

export function identityOf({ name, state }: KnownMachine): string {
  return state?.identity ?? name;
}

export function isOpen({ state, problem }: KnownMachine): boolean {
  return problem === undefined && state !== undefined && state.healthy && !state.draining;
}

/** With the turns of this gateway that have begun there since it told of its room. */
export function toMachineRoom(known: KnownMachine, except: ReadonlySet<string>): MachineRoom {
  const { name, own, ownThen, begunSince, state } = known;
  return {
    ...{ name, isOpen: isOpen(known) && !except.has(name), load: state?.room.load ?? 0 },
    places: state?.room.places ?? 0,
    running: (state?.room.running ?? 0) + Math.max(0, own - ownThen),
    queued: state?.room.queued ?? 0,
    warm: Math.max(0, (state?.room.warm ?? 0) - begunSince),
  };
}

export function toReport({ name, state, problem }: KnownMachine): MachineReport {
  const room = state && { room: state.room };
  const details = state?.details ?? {};
  if (problem !== undefined) return { name, status: 'gone', problem, details };
  if (state === undefined) return { name, status: 'unknown', details };
  if (state.draining) return { name, status: 'draining', problem: 'It is about to end.', ...room, details };
  if (!state.healthy) return { name, status: 'unwell', problem: state.problem ?? 'It is not well.', ...room, details };
  return { name, status: 'ok', ...room, details };
}
