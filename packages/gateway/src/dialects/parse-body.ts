import type * as z from 'zod/mini';
import { GatewayError } from '../gateway-error.ts';

/** `async` is what zod puts into each copy anyway: a field that is there already costs V8 a tenth of one that is added. */
const context: z.core.ParseContextInternal<z.core.$ZodIssue> = {
  /** Lists and objects stop at their first fault, where it aborts. To gather a million of them would take minutes, and gigabytes. */
  abortEarly: true,
  /** In English, whatever language the app around this gives to zod. */
  error: toWords,
  async: false,
};

/**
 * Checks a body against a schema, which may read what stands in it in another form: what is wrong is named as it was written.
 *
 * @param otherNames What the body may have in the place of a name of the schema's.
 * @throws {GatewayError} 400 for the first thing that is wrong, with its path as `param`, in OpenAI's words.
 */
export function parseBody<Schema extends z.ZodMiniType>(
  schema: Schema,
  body: unknown,
  otherNames: Readonly<Record<string, string>> = {},
): z.output<Schema> {
  const result = schema.safeParse(body, context);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue === undefined) throw invalid('invalid_value', null, 'Invalid request body.');
  const fault = deepest(issue);
  throw toError({ ...fault, path: toWrittenPath(body, fault.path, otherNames) }, body);
}

type Issue = z.core.$ZodIssue;
type Bounded = z.core.$ZodRawIssue<z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall>;

/** As zod itself says it: all of its words for English would take a kilobyte. */
function toWords(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'too_big':
      return `Too big: ${toBound(issue, '<', issue.maximum)}`;
    case 'too_small':
      return `Too small: ${toBound(issue, '>', issue.minimum)}`;
    case 'invalid_format':
      return issue.format === 'regex' ? `Invalid string: must match pattern ${issue.pattern}` : `Invalid ${issue.format}`;
    case 'unrecognized_keys':
      return `Unrecognized keys: ${issue.keys.join(', ')}`;
    case 'invalid_key':
      return `Invalid key in ${issue.origin}`;
    default:
      return 'Invalid input';
  }
}

const units: Readonly<Record<string, string>> = { string: 'characters', array: 'items' };

function toBound({ origin, exact, inclusive }: Bounded, sign: string, bound: number | bigint): string {
  const limit = `${exact === true ? 'exactly ' : inclusive === true ? `${sign}=` : sign}${bound}`;
  const unit = units[origin];
  return `expected ${origin} to ${unit === undefined ? `be ${limit}` : `have ${limit} ${unit}`}`;
}

/** The issue of the member of a union that got furthest: that is the one which the caller meant. */
function deepest(issue: Issue, prefix: PropertyKey[] = []): Issue {
  const path = [...prefix, ...issue.path];
  if (issue.code !== 'invalid_union') return { ...issue, path };
  const candidates = issue.errors.flatMap((member) => (member[0] ? [deepest(member[0], path)] : []));
  const [best] = candidates.toSorted((one, other) => other.path.length - one.path.length);
  return best !== undefined && best.path.length > path.length ? best : { ...issue, path };
}

/** Keys that the body does not have on the way to a fault stand for no more than another form. */
function toWrittenPath(body: unknown, path: readonly PropertyKey[], otherNames: Readonly<Record<string, string>>): PropertyKey[] {
  const written: PropertyKey[] = [];
  let value = body;
  for (const [index, key] of path.entries()) {
    const name = [key, otherNames[String(key)] ?? key].find((each) => valueAt(value, [each]) !== undefined);
    if (name === undefined && index < path.length - 1) continue;
    written.push(name ?? key);
    value = valueAt(value, [name ?? key]);
  }
  return written;
}

function toError(issue: Issue, body: unknown): GatewayError {
  const value = valueAt(body, issue.path);
  const param = toParam(issue.path);
  const name = param ?? 'body';
  if (value === undefined && issue.path.length > 0)
    return invalid('missing_required_parameter', param, `Missing required parameter: '${name}'.`);
  if (issue.code === 'invalid_type') {
    return invalid(
      'invalid_type',
      param,
      `Invalid type for '${name}': expected ${article(issue.expected)}, but got ${article(kindOf(value))} instead.`,
    );
  }
  if (issue.code === 'invalid_union' && 'discriminator' in issue && typeof issue.discriminator === 'string') {
    return invalid('invalid_value', param, `Invalid value for '${name}': ${JSON.stringify(value)} is not supported here.`);
  }
  if (issue.code === 'invalid_union') {
    return invalid('invalid_type', param, `Invalid type for '${name}': got ${article(kindOf(value))}, which is not supported here.`);
  }
  if (issue.code === 'invalid_value') {
    return invalid(
      'invalid_value',
      param,
      `Invalid value: ${JSON.stringify(value)}. Supported values are: ${issue.values.map((each) => `'${String(each)}'`).join(', ')}.`,
    );
  }
  return invalid('invalid_value', param, `Invalid value for '${name}': ${issue.message}.`);
}

function invalid(code: string, param: string | null, message: string): GatewayError {
  return new GatewayError(message, { status: 400, code, ...(param !== null && { param }) });
}

/** `['messages', 0, 'role']` is `messages[0].role`. */
function toParam(path: readonly PropertyKey[]): string | null {
  if (path.length === 0) return null;
  return path.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`)).join('');
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  let value = body;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value !== 'number' || Number.isInteger(value)) return typeof value;
  // JSON has no infinity, but reads 1e999 as that.
  return Number.isFinite(value) ? 'decimal number' : 'number that is too large';
}

function article(kind: string): string {
  if (kind === 'null') return kind;
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind === 'int' ? 'integer' : kind}`;
}
