import { canonicalJson } from './canonical-json.ts';
import type { CheckContext, Checked, Keyword, Problem } from './keyword.ts';

const maxToldCharacters = 200;

/** Keywords for values of any kind, for numbers and for texts. */
export const valueKeywords: Readonly<Record<string, Keyword>> = {
  type(wants, checked) {
    const listed: readonly unknown[] = Array.isArray(wants) ? wants : [wants];
    const names = listed.filter((name) => typeof name === 'string' && Object.hasOwn(types, name)).map(String);
    if (names.length === 0 || names.some((name) => types[name]?.(checked.value))) return undefined;
    return problem(checked, () => `it must be of type ${told(names)}`);
  },
  const: (wants, checked, _schema, context) =>
    isEqual(wants, checked.value, context) ? undefined : problem(checked, () => `it must be ${told(wants)}`),
  enum(wants, checked, _schema, context) {
    if (!Array.isArray(wants) || wants.some((each: unknown) => isEqual(each, checked.value, context))) return undefined;
    return problem(checked, () => `it must be one of ${told(wants)}`);
  },
  // In drafts up to 4 a boolean says whether a limit is excluded.
  minimum: (wants, checked, { exclusiveMinimum: excluded }) =>
    number(wants, checked, (value, limit) => (excluded === true ? value > limit : value >= limit), 'it must not be less than'),
  maximum: (wants, checked, { exclusiveMaximum: excluded }) =>
    number(wants, checked, (value, limit) => (excluded === true ? value < limit : value <= limit), 'it must not be more than'),
  exclusiveMinimum: (wants, checked) => number(wants, checked, (value, limit) => value > limit, 'it must be more than'),
  exclusiveMaximum: (wants, checked) => number(wants, checked, (value, limit) => value < limit, 'it must be less than'),
  multipleOf: (wants, checked) => number(wants, checked, isMultiple, 'it must be a multiple of'),
  minLength: (wants, checked, _schema, context) => length(wants, checked, context, (size, limit) => size >= limit, 'shorter'),
  maxLength: (wants, checked, _schema, context) => length(wants, checked, context, (size, limit) => size <= limit, 'longer'),
  pattern(wants, checked, _schema, context) {
    const { value } = checked;
    if (typeof wants !== 'string' || typeof value !== 'string' || context.matches(wants, value)) return undefined;
    return problem(checked, () => `it must match the pattern ${told(wants)}`);
  },
};

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  null: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  string: (value) => typeof value === 'string',
  array: (value) => Array.isArray(value),
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

function problem({ place }: Checked, tell: () => string): Problem {
  return { place, tell };
}

function told(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > maxToldCharacters ? `${text.slice(0, maxToldCharacters)}...` : text;
}

function isEqual(one: unknown, other: unknown, context: CheckContext): boolean {
  context.spend(1);
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  return Array.isArray(one) === Array.isArray(other) && canonicalJson(one, context) === canonicalJson(other, context);
}

function number(wants: unknown, checked: Checked, fits: (value: number, limit: number) => boolean, words: string): Problem | undefined {
  const { value } = checked;
  if (typeof wants !== 'number' || typeof value !== 'number' || fits(value, wants)) return undefined;
  return problem(checked, () => `${words} ${wants}`);
}

/** 0.3 is a multiple of 0.1, though not in binary. */
function isMultiple(value: number, of: number): boolean {
  const times = value / of;
  return value % of === 0 || Math.abs(times - Math.round(times)) <= 4 * Number.EPSILON * Math.abs(times);
}

/** Characters are Unicode's, not UTF-16's. */
function length(
  wants: unknown,
  checked: Checked,
  context: CheckContext,
  fits: (size: number, limit: number) => boolean,
  words: string,
): Problem | undefined {
  const { value } = checked;
  if (typeof wants !== 'number' || typeof value !== 'string') return undefined;
  context.spend(value.length / 32);
  const size = value.length - (value.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length ?? 0);
  return fits(size, wants) ? undefined : problem(checked, () => `it must not be ${words} than ${wants} characters`);
}
