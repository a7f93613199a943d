import { createPresence } from '../basics/presence.ts';
import type { ToldTurns } from './protocol.ts';

/** Which turns a gateway has begun on machines, and waits for. */
export interface TurnCount {
  /**
   * Begins one: its number, and what is called when nobody waits for it any more.
   *
   * @param onEnd Called once then, also when the request is gone that waited for it.
   */
  begin(onEnd: () => void): { readonly number: number; readonly end: () => void };
  told(): ToldTurns;
}

/** Numbers turns in the order in which they begin, so that a machine knows those that had begun when it is told which are waited for. */
export function countTurns(): TurnCount {
  const waitedFor = new Set<number>();
  const presence = createPresence();
  let begun = 0;
  return {
    begin(onEnd) {
      begun += 1;
      const number = begun;
      waitedFor.add(number);
      const present = presence();
      const end = (): void => {
        present.leave();
        if (waitedFor.delete(number)) onEnd();
      };
      present.gone = end;
      return { number, end };
    },
    told: () => ({ begun, waitedFor: [...waitedFor] }),
  };
}
