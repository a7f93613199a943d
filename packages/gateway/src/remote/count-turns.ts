import type { ToldTurns } from './protocol.ts';

/** Which turns a gateway has begun on machines, and waits for. */
export interface TurnCount {
  /** Begins one: its number, and what is called when nobody waits for it any more. */
  begin(): { readonly number: number; readonly end: () => void };
  told(): ToldTurns;
}

/** Numbers turns in the order in which they begin, so that a machine knows those that had begun when it is told which are waited for. */
export function countTurns(): TurnCount {
  const waitedFor = new Set<number>();
  let begun = 0;
  return {
    begin() {
      begun += 1;
      const number = begun;
      waitedFor.add(number);
      return { number, end: () => void waitedFor.delete(number) };
    },
    told: () => ({ begun, waitedFor: [...waitedFor] }),
  };
}
