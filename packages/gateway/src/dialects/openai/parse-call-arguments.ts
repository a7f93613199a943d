import { countJsonValues } from '../../json-schema/count-json-values.ts';
import type { ToolUseBlock } from '../../turn/content-block.ts';
import { parseArguments } from '../../turn/parse-arguments.ts';

/** The most JSON values in the arguments of one call: more than any tool takes. */
const maxValues = 100_000;

/** The arguments of a call that a caller tells: see `parseArguments`. Those of too many values or levels count as no JSON. */
export function parseCallArguments(text: string): Pick<ToolUseBlock, 'input' | 'json'> {
  return countJsonValues(text, maxValues) > maxValues ? { input: { INVALID_JSON: text } } : parseArguments(text);
}
