import { isObject } from '../turn/tool.ts';
import type { CheckContext } from './keyword.ts';
import { TooDear } from './budget.ts';

const maxDepth = 600;

/**
 * A value's JSON, the same for all that JSON Schema calls equal.
 *
 * @throws {TooDear} When it is larger, or nested deeper, than what may be gone through.
 */
export function canonicalJson(value: unknown, context: Pick<CheckContext, 'spend' | 'keysOf'>, depth = 0): string {
  if (depth > maxDepth) throw new TooDear('The value is nested too deeply.');
  // Each costs as much as four of the checker's steps.
  context.spend(typeof value === 'string' ? 4 + value.length / 32 : 4);
  if (Array.isArray(value)) return `[${value.map((each) => canonicalJson(each, context, depth + 1)).join()}]`;
  if (!isObject(value)) return JSON.stringify(value === 0 ? 0 : value);
  let text = '';
  for (const key of context.keysOf(value).toSorted()) {
    context.spend(key.length / 32);
    text += `${JSON.stringify(key)}:${canonicalJson(value[key], context, depth + 1)},`;
  }
  return `{${text}}`;
}
