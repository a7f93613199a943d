import { canonicalJson } from './canonical-json.ts';
import { limitKeyword, type CheckContext, type Checked, type Keyword, type Problem } from './keyword.ts';

const maxToldCharacters = 200;

/** Keywords for values of any kind, for numbers and for texts. */
export const valueKeywords: Readonly<Record<string, Keyword>> = {
  type(wants, checked, _schema, context) {
    const listed: readonly unknown[] = Array.isArray(wants) ? wants : [wants];
    context.spend(listed.length);
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
  minimum: limitKeyword(
    numberOf,
    (value, limit, { exclusiveMinimum: excluded }) => value > limit || (excluded !== true && value === limit),
    'not be less than',
  ),
  maximum: limitKeyword(
    numberOf,
    (value, limit, { exclusiveMaximum: excluded }) => value < limit || (excluded !== true && value === limit),
    'not be more than',
  ),
  exclusiveMinimum: limitKeyword(numberOf, (value, limit) => value > limit, 'be more than'),
  exclusiveMaximum: limitKeyword(numberOf, (value, limit) => value < limit, 'be less than'),
  multipleOf: limitKeyword(numberOf, isMultiple, 'be a multiple of'),
  minLength: limitKeyword(lengthOf, (size, limit) => size >= limit, 'not be shorter than'),
  maxLength: limitKeyword(lengthOf, (size, limit) => size <= limit, 'not be longer than'),
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

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** 0.3 is a multiple of 0.1, though not in binary. */
function isMultiple(value: number, of: number): boolean {
  const times = value / of;
  return value % of === 0 || Math.abs(times - Math.round(times)) <= 4 * Number.EPSILON * Math.abs(times);
}

/** Characters are Unicode's, not UTF-16's. */
function lengthOf(value: unknown, context: CheckContext): number | undefined {
  if (typeof value !== 'string') return undefined;
  context.spend(value.length / 8);
  return Array.from(value).length;
}
