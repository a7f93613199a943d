import { dayOfUsers, usualHabits } from './day-of-users.ts';
import { simulateDay } from './simulate-day.ts';
import { machineOf16Gigabytes as size } from './simulated-machine.ts';

export interface SimulatedPlacement {
  readonly users: number;
  /** That share of follow-ups found the process of their conversation, by the product's placement, and where any machine is as good as another. */
  readonly own: number;
  readonly random: number;
}

/** Plays the busiest hour of 1,000 users a machine. */
export async function simulatePlacement(machines: number): Promise<SimulatedPlacement> {
  const users = 1000 * machines;
  const conversations = dayOfUsers({ ...usualHabits, users }, { fromHour: 10, toHour: 11 });
  const own = await simulateDay(conversations, { machines, size });
  const random = await simulateDay(conversations, { machines, size, placing: 'random' });
  return { users, own: own.liveShare, random: random.liveShare };
}
