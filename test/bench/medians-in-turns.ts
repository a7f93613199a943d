import { median } from './median.ts';

/**
 * Measures several things in turns, so that what the machine does meanwhile is the same for all; each round begins with another.
 *
 * @param settle What is waited for before each measurement.
 * @returns The median of each.
 */
export async function mediansInTurns<Name extends string>(
  rounds: number,
  measures: Readonly<Record<Name, () => Promise<number>>>,
  settle: () => Promise<unknown> = async () => {},
): Promise<Record<Name, number>> {
  const names = Object.keys(measures) as Name[];
  const values = names.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const index = (round + turn) % names.length;
      await settle();
      values[index]!.push(await measures[names[index]!]());
    }
  }
  return Object.fromEntries(names.map((name, index) => [name, median(values[index]!)])) as Record<Name, number>;
}
