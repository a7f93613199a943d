import type { JsonObject } from '../turn/tool.ts';
import type { CheckContext, Keyword } from './keyword.ts';

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
