import { isObject } from '../../turn/tool.ts';
import { mustOf, type Must } from '../expectations.ts';

export const must: Must = mustOf('Dialect');

/**
 * Objects may have more than is expected of them, and what is expected to be undefined may not be there; everything else must be the same.
 *
 * @throws {Error} For the first that is otherwise, with its place.
 */
export function mustFit(actual: unknown, expected: unknown, place: string): void {
  if (Array.isArray(expected)) {
    must(Array.isArray(actual) && actual.length === expected.length, `${place} has ${expected.length} entries: ${show(actual)}`);
    expected.forEach((each, index) => mustFit(actual[index], each, `${place}[${index}]`));
  } else if (isObject(expected)) {
    must(isObject(actual), `${place} is an object: ${show(actual)}`);
    for (const [key, each] of Object.entries(expected)) mustFit(actual[key], each, `${place}.${key}`);
  } else must(Object.is(actual, expected), `${place} is ${show(expected)}, not ${show(actual)}`);
}

/** @throws {Error} When two are not the same JSON, in whatever order their keys are. */
export function mustBeSame(actual: unknown, expected: unknown, place: string): void {
  mustFit(actual, expected, place);
  mustFit(expected, actual, place);
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 500);
}
