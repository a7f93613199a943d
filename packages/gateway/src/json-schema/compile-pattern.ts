import type { Budget } from './budget.ts';
import type { PatternEdge, PatternNode } from './parse-pattern.ts';

/** A step of matching, by its place in the list; `match` is the end. */
export type PatternState =
  | { readonly type: 'match' }
  | { readonly type: 'character'; readonly fits: (codePoint: number) => boolean; readonly next: number }
  | { readonly type: 'fork'; readonly next: number[] }
  | { readonly type: 'edge'; readonly edge: PatternEdge; readonly next: number }
  | { readonly type: 'look'; readonly start: number; readonly behind: boolean; readonly negative: boolean; readonly next: number };

export interface CompiledPattern {
  readonly states: readonly PatternState[];
  readonly start: number;
}

/**
 * Makes of a pattern the states that it can be in; what is repeated so many times becomes so many states.
 *
 * @throws {TooDear} When there are more than the budget allows.
 */
export function compilePattern(pattern: PatternNode, budget: Budget): CompiledPattern {
  const states: PatternState[] = [{ type: 'match' }];
  const add = (state: PatternState): number => states.push(state) - 1;

  /** @returns The state in which the node begins, when `next` follows it. */
  function emit(node: PatternNode, next: number): number {
    budget.spend(1);
    switch (node.type) {
      case 'character':
        return add({ type: 'character', fits: node.fits, next });
      case 'edge':
        return add({ type: 'edge', edge: node.edge, next });
      case 'sequence':
        return node.parts.reduceRight((following, part) => emit(part, following), next);
      case 'choice':
        return add({ type: 'fork', next: node.options.map((option) => emit(option, next)) });
      case 'look':
        return add({ type: 'look', start: emit(node.of, 0), behind: node.behind, negative: node.negative, next });
      case 'repeat':
        return emitRepeat(node, next);
    }
  }

  function emitRepeat({ of, min, max }: PatternNode & { readonly type: 'repeat' }, next: number): number {
    let start = next;
    if (max === Number.POSITIVE_INFINITY) {
      const ways = [next];
      start = add({ type: 'fork', next: ways });
      ways.push(emit(of, start));
    } else for (let count = min; count < max; count += 1) start = add({ type: 'fork', next: [emit(of, start), next] });
    for (let count = 0; count < min; count += 1) start = emit(of, start);
    return start;
  }

  return { start: emit(pattern, 0), states };
}
