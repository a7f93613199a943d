import { type JsonObject, isObject } from '../turn/tool.ts';
import { arrayKeywords } from './array-keywords.ts';
import { combiningKeywords } from './combining-keywords.ts';
import { compilePattern, type CompiledPattern } from './compile-pattern.ts';
import { TooDear, createBudget } from './budget.ts';
import { createReferences } from './create-references.ts';
import type { CheckContext, Problem } from './keyword.ts';
import { matchesPattern } from './matches-pattern.ts';
import { objectKeywords } from './object-keywords.ts';
import { parsePattern } from './parse-pattern.ts';
import { valueKeywords } from './value-keywords.ts';

const keywords = new Map(Object.entries({ ...valueKeywords, ...combiningKeywords, ...objectKeywords, ...arrayKeywords }));
/** The deepest nesting of schemas and values that is followed; the stack of some runtimes holds three times as much. */
const maxDepth = 600;
/** A pattern of more states is not tried. */
const maxStates = 5000;

/**
 * The first thing found that keeps a value from fitting a schema; undefined when it fits. What JSON Schema calls an annotation, such as
 * `format`, is not checked, nor is what a keyword can't mean.
 *
 * @param schema Without problems of its own (`problemOfSchema`).
 * @throws {TooDear} When it takes more than so many steps.
 */
export function findProblem(value: unknown, schema: JsonObject, steps: number): Problem | undefined {
  const budget = createBudget(steps);
  const resolve = createReferences(schema);
  const known = new Map<unknown, Map<string, Problem | undefined>>();
  const patterns = new Map<string, CompiledPattern | undefined>();
  const keys = new Map<JsonObject, readonly string[]>();
  let depth = 0;
  const context: CheckContext = {
    spend: (count) => budget.spend(count),
    keysOf(object) {
      const names = keys.get(object) ?? Object.keys(object);
      keys.set(object, names);
      return names;
    },
    resolve,
    checkReference(checked, reference) {
      const { value: part } = checked;
      const found = known.get(part) ?? new Map<string, Problem | undefined>();
      if (typeof part === 'object') known.set(part, found);
      if (!found.has(reference)) found.set(reference, context.check(checked, resolve(reference)));
      return found.get(reference);
    },
    matches(source, text) {
      if (!patterns.has(source)) patterns.set(source, compile(source));
      const pattern = patterns.get(source);
      if (pattern === undefined) return true;
      budget.spend(1);
      return matchesPattern(pattern, text, budget);
    },
    check(checked, each) {
      budget.spend(1);
      if (each === false) return { place: checked.place, tell: () => 'it must not be there' };
      // OpenAPI's word for a type that may be null as well.
      if (!isObject(each) || (checked.value === null && each['nullable'] === true)) return undefined;
      depth += 1;
      if (depth > maxDepth) throw new TooDear('The check goes deeper than it may.');
      const keysOfSchema = context.keysOf(each);
      // It may hold much that is no keyword.
      budget.spend(keysOfSchema.length / 8);
      for (const key of keysOfSchema) {
        const problem = keywords.get(key)?.(each[key], checked, each, context);
        if (problem !== undefined) {
          depth -= 1;
          return problem;
        }
      }
      depth -= 1;
      return undefined;
    },
  };

  function compile(source: string): CompiledPattern | undefined {
    const pattern = parsePattern(source);
    if (typeof pattern === 'string') return undefined;
    budget.spend(maxStates / 10);
    try {
      return compilePattern(pattern, createBudget(maxStates));
    } catch (error) {
      if (error instanceof TooDear) return undefined;
      throw error;
    }
  }

  return context.check({ value, place: undefined }, schema);
}
