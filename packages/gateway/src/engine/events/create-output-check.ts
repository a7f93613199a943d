import { shorten } from '../../basics/shorten.ts';
import { findProblem } from '../../json-schema/find-problem.ts';
import type { Place } from '../../json-schema/keyword.ts';
import { TooDear } from '../../json-schema/budget.ts';
import type { JsonObject } from '../../turn/tool.ts';

/**
 * Says what keeps a text from being JSON that fits a schema; undefined when it fits.
 *
 * @throws {TooDear} When finding out takes longer than anyone may be kept waiting for it.
 */
export type OutputCheck = (text: string, schema: JsonObject, tenant: string) => Promise<string | undefined>;

/** Some 2 ms of work, more than nearly every check is. */
const quickSteps = 40_000;
/** Some 20 to 100 ms. */
const maxSteps = 1_000_000;
/** Names of a schema and of an answer may be of any length. */
const maxToldCharacters = 1000;

/**
 * Makes what checks answers. A check takes a bounded number of steps, whatever the schema and the answer; those of one
 * tenant that take long are done one by one, with room for all else between them.
 */
export function createOutputCheck(): OutputCheck {
  const lasts = new Map<string, Promise<unknown>>();
  return async (text, schema, tenant) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return 'it is not valid JSON';
    }
    try {
      return tell(value, schema, quickSteps);
    } catch (error) {
      if (!(error instanceof TooDear)) throw error;
    }
    const own = (lasts.get(tenant) ?? Promise.resolve()).then(async () => {
      await new Promise((resolve) => setTimeout(resolve));
      return tell(value, schema, maxSteps);
    });
    const last = own.then(forget, forget);
    lasts.set(tenant, last);

    function forget(): void {
      if (lasts.get(tenant) === last) lasts.delete(tenant);
    }

    return own;
  };
}

function tell(value: unknown, schema: JsonObject, steps: number): string | undefined {
  const problem = findProblem(value, schema, steps);
  return problem && shorten(`at ${pointerTo(problem.place)}: ${problem.tell()}`, maxToldCharacters);
}

function pointerTo(place: Place | undefined): string {
  const keys: string[] = [];
  for (let each = place; each !== undefined; each = each.within) keys.push(String(each.key).replaceAll('~', '~0').replaceAll('/', '~1'));
  return ['#', ...keys.toReversed()].join('/');
}
