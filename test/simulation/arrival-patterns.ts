import { createRandom } from '../support/create-random.ts';

/** When new conversations come, in milliseconds from the beginning. */
export type ArrivalPattern = readonly number[];

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** Arrivals that know nothing of each other, at a rate for each time. */
function byChance(startMs: number, endMs: number, perSecond: (share: number) => number, seed: number): number[] {
  const random = createRandom(seed);
  const arrivals: number[] = [];
  for (let at = startMs; at < endMs;) {
    at += (-Math.log(1 - random.fraction()) / perSecond((at - startMs) / (endMs - startMs))) * secondMs;
    if (at < endMs) arrivals.push(at);
  }
  return arrivals;
}

/** So many at once, some ten milliseconds apart, as a client asks for what belongs together. */
const together = (at: number, count: number): number[] => Array.from({ length: count }, (_, index) => at + index * 15);

/** How new conversations come: alone, in bursts, after a night, more and more of them. */
export const arrivalPatterns: Readonly<Record<string, ArrivalPattern>> = {
  'one person: an answer and its title, every few minutes, for 4 h': byChance(0, 4 * hourMs, () => 1 / 180, 1).flatMap((at) =>
    together(at, 2),
  ),
  'a few people, 6 a minute by chance, for 1 h': byChance(0, hourMs, () => 0.1, 2),
  'bursts of 4 every 2 min among single ones, for 2 h': [
    ...Array.from({ length: 60 }, (_, index) => together(index * 2 * minuteMs, 4)).flat(),
    ...byChance(0, 2 * hourMs, () => 1 / 60, 3),
  ].toSorted((one, other) => one - other),
  'an evening of pairs, a night of 9 h, a morning of pairs': [
    ...byChance(0, hourMs, () => 1 / 60, 4),
    ...byChance(10 * hourMs, 11 * hourMs, () => 1 / 60, 5),
  ].flatMap((at) => together(at, 2)),
  'a ramp from 1 a minute to 1.5 a second and back, 40 min': byChance(
    0,
    40 * minuteMs,
    (share) => 1 / 60 + 1.5 * (1 - Math.abs(2 * share - 1)) ** 2,
    6,
  ),
  'a rush of 30 within 10 s, every 20 min, for 2 h': Array.from({ length: 6 }, (_, index) =>
    byChance(index * 20 * minuteMs, index * 20 * minuteMs + 10 * secondMs, () => 3, 7 + index),
  ).flat(),
};
