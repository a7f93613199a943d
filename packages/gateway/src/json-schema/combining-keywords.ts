import type { CheckContext, Checked, Keyword, Place, Problem } from './keyword.ts';

/** Keywords by which the same value is checked by other schemas. */
export const combiningKeywords: Readonly<Record<string, Keyword>> = {
  $ref: refer,
  $dynamicRef: refer,
  $recursiveRef: refer,
  allOf(wants, checked, _schema, context) {
    for (const schema of Array.isArray(wants) ? wants : []) {
      const problem = context.check(checked, schema);
      if (problem !== undefined) return problem;
    }
    return undefined;
  },
  anyOf(wants, checked, _schema, context) {
    if (!Array.isArray(wants)) return undefined;
    let nearest: Problem | undefined;
    for (const schema of wants) {
      const problem = context.check(checked, schema);
      if (problem === undefined) return undefined;
      // What was found deepest within tells most.
      if (nearest === undefined || depthOf(problem.place) > depthOf(nearest.place)) nearest = problem;
    }
    return nearest;
  },
  oneOf(wants, checked, schema, context) {
    if (!Array.isArray(wants)) return undefined;
    const fitting = wants.filter((each) => context.check(checked, each) === undefined).length;
    if (fitting === 0) return combiningKeywords['anyOf']?.(wants, checked, schema, context);
    return fitting === 1 ? undefined : { place: checked.place, tell: () => `it must fit one of the alternatives, and fits ${fitting}` };
  },
  not: (wants, checked, _schema, context) =>
    context.check(checked, wants) === undefined ? { place: checked.place, tell: () => `it fits what it must not fit` } : undefined,
  if(wants, checked, schema, context) {
    const next = context.check(checked, wants) === undefined ? schema['then'] : schema['else'];
    return context.check(checked, next);
  },
};

function refer(wants: unknown, checked: Checked, _schema: unknown, context: CheckContext): Problem | undefined {
  return typeof wants === 'string' ? context.checkReference(checked, wants) : undefined;
}

function depthOf(place: Place | undefined): number {
  let depth = 0;
  for (let each = place; each !== undefined; each = each.within) depth += 1;
  return depth;
}
