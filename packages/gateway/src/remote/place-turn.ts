/** What is known of a machine when a turn is placed. */
export interface MachineRoom {
  readonly name: string;
  /** Whether it takes new turns: it is reached, healthy, and not about to end. */
  readonly isOpen: boolean;
  /** Turns that it runs at once. */
  readonly places: number;
  readonly running: number;
  readonly queued: number;
  /** Processes that wait for new conversations. */
  readonly warm: number;
  /** The load of each core, over the last minute; 0 where it is not known. */
  readonly load: number;
}

/** What is known of a turn when its machine is chosen. */
export interface Placement {
  /** What the conversation is known by, the same for all its turns. */
  readonly key: string;
  /** The machine that has the conversation's process, as far as is known. */
  readonly holder?: string | undefined;
  /** Whether it goes there even when that machine is full: it holds calls open, or files. */
  readonly stays: boolean;
}

/**
 * Chooses the machine of a turn: the one that holds its conversation, unless that is full or gone; else one with most room, and of several
 * with as much the one that a hash of the conversation and the machine's name says. So gateways that know the same choose the same, and of 30
 * machines one more changes the choice for a thirtieth of the conversations. When all are full, the one with the shortest queue.
 *
 * @returns Its name; undefined when no machine is open.
 */
export function placeTurn({ key, holder, stays }: Placement, machines: readonly MachineRoom[]): string | undefined {
  const open = machines.filter(({ isOpen }) => isOpen);
  const holding = open.find(({ name }) => name === holder);
  const hasRoom = open.some((machine) => freeOf(machine) > 0);
  if (holding !== undefined && (stays || freeOf(holding) > 0 || !hasRoom)) return holding.name;
  const [first] = open
    .map((machine) => ({ machine, room: roomOf(machine), weight: weightOf(key, machine.name) }))
    .toSorted((one, other) => other.room - one.room || other.weight - one.weight);
  return first?.machine.name;
}

function freeOf({ places, running, queued }: MachineRoom): number {
  return Math.max(0, places - running - queued);
}

/** More is better: below 0 it is full; quarters of its places, of a busy machine fewer; a waiting process counts for more than that. */
function roomOf(machine: MachineRoom): number {
  const { places, running, queued, warm, load } = machine;
  const free = freeOf(machine);
  if (free === 0) return -(running + queued) / Math.max(1, places);
  return Math.ceil((4 * free) / places / Math.max(1, load)) + (warm > 0 ? 4 : 0);
}

/** Rendezvous hashing: FNV-1a, mixed so that names which differ in their last character differ in all bits. */
function weightOf(key: string, name: string): number {
  let hash = 0x811c9dc5;
  for (const character of `${key}\n${name}`) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
