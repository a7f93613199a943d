import { isObject, type JsonObject } from '../../turn/tool.ts';

const lists = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
const maps = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas', 'dependencies']);
const singles = new Set([
  ...['items', 'additionalItems', 'unevaluatedItems', 'contains', 'additionalProperties', 'unevaluatedProperties', 'propertyNames'],
  ...['not', 'if', 'then', 'else'],
]);

/** A schema in which each schema within, and then itself, is what `change` makes of it; the same object where nothing is changed. Data stays. */
export function mapSchemas(schema: JsonObject, change: (schema: JsonObject) => JsonObject): JsonObject {
  const each = (value: unknown): unknown => (isObject(value) ? mapSchemas(value, change) : value);
  let isChanged = false;
  const entries = Object.entries(schema).map(([key, value]): [string, unknown] => {
    const mapped = mapValue(key, value, each);
    isChanged ||= mapped !== value;
    return [key, mapped];
  });
  return change(isChanged ? Object.fromEntries(entries) : schema);
}

function mapValue(key: string, value: unknown, each: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return lists.has(key) || key === 'items' ? sameOr(value, value.map(each)) : value;
  if (singles.has(key)) return each(value);
  if (!maps.has(key) || !isObject(value)) return value;
  const values = Object.values(value);
  const mapped = values.map(each);
  return sameOr(values, mapped) === values ? value : Object.fromEntries(Object.keys(value).map((name, index) => [name, mapped[index]]));
}

function sameOr(values: readonly unknown[], mapped: readonly unknown[]): readonly unknown[] {
  return mapped.every((each, index) => each === values[index]) ? values : mapped;
}
