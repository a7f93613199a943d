import { isTooDeep } from '../http/is-too-deep.ts';
import { parseArguments } from '../turn/parse-arguments.ts';

/** The arguments of a call that a caller tells: see `parseArguments`. Those that are nested too deeply count as no JSON. */
export function parseCallArguments(text: string): Record<string, unknown> {
  const input = parseArguments(text);
  return isTooDeep(input) ? { INVALID_JSON: text } : input;
}
