import type { JsonObject } from '../turn/tool.ts';

/** Where a value is in what is checked, innermost first; undefined for the whole. */
export interface Place {
  readonly key: string | number;
  readonly within: Place | undefined;
}

export interface Problem {
  readonly place: Place | undefined;
  /** What is wrong; made when it is told, since most problems are only one alternative's. */
  readonly tell: () => string;
}

/** One value at its place. */
export interface Checked {
  readonly value: unknown;
  readonly place: Place | undefined;
}

/** What keywords check with. */
export interface CheckContext {
  /** @throws {TooDear} When there is not so much left. */
  spend(steps: number): void;
  /** The names in an object of the value or the schema; listed once, however often they are asked for. */
  keysOf(object: JsonObject): readonly string[];
  /** What keeps a value from fitting a schema; undefined when it fits. */
  check(checked: Checked, schema: unknown): Problem | undefined;
  /** Checks a value by the schema that a reference refers to: once for each value, however many ways lead there. */
  checkReference(checked: Checked, reference: string): Problem | undefined;
  /** What a reference refers to. */
  resolve(reference: string): unknown;
  /** Whether a text matches; true for patterns that can't be tried. */
  matches(pattern: string, text: string): boolean;
}

/** Checks one keyword: what it `wants`, and the schema around it. */
export type Keyword = (wants: unknown, checked: Checked, schema: JsonObject, context: CheckContext) => Problem | undefined;

/**
 * Makes a keyword that limits a number.
 *
 * @param read The number that a value has for it; undefined for values that it says nothing about.
 */
export function limitKeyword(
  read: (value: unknown, context: CheckContext) => number | undefined,
  fits: (size: number, limit: number, schema: JsonObject) => boolean,
  words: string,
): Keyword {
  return (wants, { value, place }, schema, context) => {
    const size = read(value, context);
    if (typeof wants !== 'number' || size === undefined || fits(size, wants, schema)) return undefined;
    return { place, tell: () => `it must ${words} ${wants}` };
  };
}
