import { isObject } from '../turn/tool.ts';
import type { CheckContext, Checked } from './keyword.ts';

/** The names or indexes of a value's parts that a schema, or one that it holds for the same value, says something about. */
export function evaluatedKeys(checked: Checked, schema: unknown, context: CheckContext): ReadonlySet<string> {
  const keys = new Set<string>();
  const { value } = checked;
  const all = isObject(value) ? context.keysOf(value) : Array.isArray(value) ? Object.keys(value) : [];
  const add = (fits: (key: string, index: number) => boolean): void => {
    context.spend(all.length);
    for (const [index, key] of all.entries()) if (fits(key, index)) keys.add(key);
  };

  function addOf(each: unknown, isOwn = false): void {
    context.spend(1);
    if (!isObject(each)) return;
    const { properties, patternProperties, prefixItems, items, $ref, allOf, anyOf, oneOf, dependentSchemas } = each;
    const patterns = isObject(patternProperties) ? context.keysOf(patternProperties) : [];
    const isArray = Array.isArray(value);
    if (!isArray && isObject(properties)) add((key) => Object.hasOwn(properties, key));
    if (!isArray) add((key) => patterns.some((pattern) => context.matches(pattern, key)));
    if (!isArray && ('additionalProperties' in each || (!isOwn && 'unevaluatedProperties' in each))) add(() => true);
    const first = Array.isArray(prefixItems) ? prefixItems : Array.isArray(items) ? items : [];
    if (isArray) add((_key, index) => index < first.length);
    if (isArray && (isObject(items) || 'additionalItems' in each || (!isOwn && 'unevaluatedItems' in each))) add(() => true);
    if (typeof $ref === 'string') addOf(context.resolve($ref));
    const fits = (other: unknown): boolean => context.check(checked, other) === undefined;
    for (const others of [allOf, anyOf, oneOf]) if (Array.isArray(others)) for (const other of others.filter(fits)) addOf(other);
    if ('if' in each && fits(each['if'])) {
      addOf(each['if']);
      addOf(each['then']);
    } else addOf(each['else']);
    if (isObject(dependentSchemas)) for (const key of all) if (Object.hasOwn(dependentSchemas, key)) addOf(dependentSchemas[key]);
  }

  addOf(schema, true);
  return keys;
}
