export interface Random {
  /** From 0 to 1, without 1. */
  fraction(): number;
  /** A whole number from 0, below the limit. */
  below(limit: number): number;
  chance(probability: number): boolean;
  /** @throws {Error} When there is nothing to pick from. */
  pick<Value>(values: readonly Value[]): Value;
}

/** Random numbers that a seed makes again (mulberry32). */
export function createRandom(seed: number): Random {
  let state = Math.trunc(seed);
  function fraction(): number {
    state = Math.trunc(state + 0x6d2b79f5);
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
  const below = (limit: number): number => Math.floor(fraction() * limit);
  return {
    fraction,
    below,
    chance: (probability) => fraction() < probability,
    pick(values) {
      if (values.length === 0) throw new Error('There is nothing to pick from.');
      return values[below(values.length)]!;
    },
  };
}
