/** A check that would take longer than anyone may be kept waiting for it. */
export class TooDear extends Error {}

/** How much work a check may still be. */
export interface Budget {
  /** @throws {TooDear} When there is not so much left. */
  spend(steps: number): void;
}

/** @param steps Each some 20 to 100 ns of work. */
export function createBudget(steps: number): Budget {
  let left = steps;
  return {
    spend(count) {
      left -= count;
      if (left < 0) throw new TooDear('The check takes more steps than it may.');
    },
  };
}
