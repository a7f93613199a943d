import type { CompiledPattern, PatternState } from './compile-pattern.ts';
import type { Budget } from './budget.ts';

/**
 * Whether a pattern matches anywhere in a text. All ways to match are followed side by side, one character after the other: the time
 * is the product of both lengths at most, whatever the pattern (Thompson, 1968).
 *
 * @throws {TooDear} When it takes more steps than the budget has.
 */
export function matchesPattern({ states, start }: CompiledPattern, text: string, budget: Budget): boolean {
  return createMatcher(states, text, budget)(start, 0, {});
}

interface Range {
  /** Whether it must begin where it is looked for. */
  readonly anchored?: boolean;
  /** Where it must end. Absent: anywhere. */
  readonly until?: number;
}

function createMatcher(states: readonly PatternState[], text: string, budget: Budget) {
  return function find(start: number, from: number, { anchored = false, until }: Range): boolean {
    const seen = new Map<number, number>();
    let waiting: (PatternState & { readonly type: 'character' })[] = [];
    let isFound = false;

    /** Follows all that needs no character. */
    function enter(first: number, position: number): void {
      const open = [first];
      for (let index = open.pop(); index !== undefined; index = open.pop()) {
        budget.spend(1);
        const state = states[index];
        if (state === undefined || seen.get(index) === position) continue;
        seen.set(index, position);
        if (state.type === 'match') isFound ||= until === undefined || until === position;
        else if (state.type === 'character') waiting.push(state);
        else if (state.type === 'fork') open.push(...state.next);
        else if (holds(state, position)) open.push(state.next);
      }
    }

    function holds(state: PatternState & { readonly type: 'edge' | 'look' }, position: number): boolean {
      if (state.type === 'edge') return isAtEdge(state.edge, text, position);
      const found = state.behind ? find(state.start, 0, { until: position }) : find(state.start, position, { anchored: true });
      return found !== state.negative;
    }

    enter(start, from);
    for (let position = from; !isFound && position < (until ?? text.length);) {
      const codePoint = text.codePointAt(position) ?? 0;
      position += codePoint > 0xffff ? 2 : 1;
      const tried = waiting;
      if (anchored && tried.length === 0) return false;
      budget.spend(tried.length + 1);
      waiting = [];
      for (const { fits, next } of tried) if (fits(codePoint)) enter(next, position);
      if (!anchored) enter(start, position);
    }
    return isFound;
  };
}

function isAtEdge(edge: '^' | '$' | 'b' | 'B', text: string, position: number): boolean {
  if (edge === '^') return position === 0;
  if (edge === '$') return position === text.length;
  return (isWord(text[position - 1]) !== isWord(text[position])) === (edge === 'b');
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /\w/.test(character);
}
