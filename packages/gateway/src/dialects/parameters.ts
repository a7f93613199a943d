import { isObject } from '../turn/tool.ts';

/** What becomes of a parameter: Claude's own, made up for here, accepted without effect, or refused. */
export type Support = 'native' | 'emulated' | 'ignored' | 'rejected';

export interface Parameter {
  readonly support: Support;
  /** Whether a value asks for nothing that Claude would not do anyway: where this is said, other values are ignored. Default: none does. */
  readonly isHarmless?: (value: unknown) => boolean;
}

/** The parameters of a dialect by their keys; those within an object by both keys: `text.verbosity`. */
export type Parameters = Readonly<Record<string, Parameter>>;

/** Tells whether a value is one of these. */
export const equals =
  (...harmless: readonly unknown[]) =>
  (value: unknown): boolean =>
    harmless.includes(value);

/** Tells whether a value is an object or list with nothing in it. */
export function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

const printable = /^[\w.-]{1,64}$/;

/** The keys of a request that have no effect: ignored parameters with a wish in them, and unknown keys. */
export function ineffectiveKeys(parameters: Parameters, request: Readonly<Record<string, unknown>>): string[] {
  const unknown = Object.keys(request).filter((key) => !isNothing(request[key]) && !Object.hasOwn(parameters, key) && printable.test(key));
  return [...ignoredKeys(parameters, request), ...unknown];
}

/** The ignored parameters that a request has a wish in. */
export function ignoredKeys(parameters: Parameters, request: Readonly<Record<string, unknown>>): string[] {
  const found: string[] = [];
  for (const path in parameters) {
    const parameter = parameters[path];
    if (parameter?.support !== 'ignored' && parameter?.isHarmless === undefined) continue;
    const value = valueAt(request, path);
    if (!isNothing(value) && parameter.isHarmless?.(value) !== true) found.push(path);
  }
  return found;
}

function valueAt(request: Readonly<Record<string, unknown>>, path: string): unknown {
  const dot = path.indexOf('.');
  if (dot === -1) return request[path];
  const object = request[path.slice(0, dot)];
  return isObject(object) ? object[path.slice(dot + 1)] : undefined;
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined;
}
