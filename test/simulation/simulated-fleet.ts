import { createFleet } from '../../packages/gateway/src/remote/fleet.ts';
import type { FleetMachine } from '../../packages/gateway/src/remote/known-machine.ts';
import { createMachine } from '../../packages/gateway/src/remote/machine.ts';
import { MachineError } from '../../packages/gateway/src/remote/machine-error.ts';
import { createScriptedRunner } from '../../packages/gateway/src/testing/create-scripted-runner.ts';
import { silentLogger } from '../support/silent-logger.ts';
import type { Random } from '../support/create-random.ts';
import {
  createSimulatedMachine,
  type FoundProcess,
  type MachineSize,
  type SimulatedMachine,
  type SimulatedTurn,
} from './simulated-machine.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** How a machine is chosen: by the product's rule, or, for comparison, any of them. */
export type Placing = 'own' | 'random';

export interface SimulatedFleetOptions {
  readonly machines: number;
  readonly size: MachineSize;
  readonly placing: Placing;
  readonly random: Random;
}

export interface SimulatedFleet {
  place(conversation: string, index: number): Promise<FleetMachine>;
  /** Runs a turn on the machine that was chosen for it; see `SimulatedMachine`. */
  run(machine: FleetMachine, turn: SimulatedTurn, onAsked: (found: FoundProcess) => void): Promise<void>;
  readonly machines: readonly { readonly machine: SimulatedMachine }[];
  close(): void;
}

/** Simulated machines behind the real placement: what that knows of them is as old as in a real fleet. */
export function createSimulatedFleet(clock: VirtualClock, { machines, size, placing, random }: SimulatedFleetOptions): SimulatedFleet {
  const members = Array.from({ length: machines }, (_, index) => {
    const machine = createSimulatedMachine(clock, size);
    const told = createMachine({
      ...{ runner: createScriptedRunner({ keepTurns: false }), limiter: machine.limiter, places: size.places, isStopping: () => false },
      processes: async () => ({ ...machine.processes(), load: machine.cpu.load() }),
    });
    return { name: `http://10.0.${Math.floor(index / 200)}.${index % 200}:8091`, machine, told };
  });
  const byName = new Map(members.map((member) => [member.name, member]));
  const memberOf = (name: string): (typeof members)[number] => {
    const member = byName.get(name);
    if (member === undefined) throw new Error(`There is no machine ${name}.`);
    return member;
  };
  const fleet = createFleet({
    list: () => members.map(({ name }) => name),
    link: (name) => ({
      ask: () => memberOf(name).told.state(),
      run: () => {
        throw new Error('Turns are run by the simulation.');
      },
    }),
    ...{ greeting: () => ({ gateway: 'simulation' }), pollMs: 5000, logger: silentLogger },
  });

  return {
    async place(conversation, index) {
      await fleet.ready();
      if (placing === 'random') return random.pick(fleet.open);
      const machine = fleet.place({ key: conversation, stays: false }, index === 0 ? undefined : conversation, new Set());
      if (machine === undefined) throw MachineError.unreachable(undefined);
      return machine;
    },
    async run(machine, turn, onAsked) {
      const { machine: simulated, told } = memberOf(machine.name);
      const done = machine.begin();
      try {
        await simulated.run(turn, onAsked);
        fleet.hold(turn.conversation, machine);
        machine.tell(told.room());
      } finally {
        done();
      }
    },
    machines: members,
    close() {
      fleet.close();
      for (const { machine } of members) machine.close();
    },
  };
}
