import { type JsonObject, isObject } from '../turn/tool.ts';

const inPlaceKeywords = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else'];
const inPlaceMaps = ['dependentSchemas', 'dependencies'];
const belowKeywords = [
  ...['items', 'prefixItems', 'additionalItems', 'unevaluatedItems', 'contains'],
  ...['additionalProperties', 'unevaluatedProperties', 'propertyNames'],
];
const belowMaps = ['properties', 'patternProperties', '$defs', 'definitions'];

/** The schemas within a schema: those for the same value, and those for parts of it or for nothing yet. Data is left alone. */
export function subschemasOf(schema: JsonObject): { readonly inPlace: readonly unknown[]; readonly below: readonly unknown[] } {
  return {
    inPlace: [...inPlaceKeywords.flatMap((key) => listOf(schema[key])), ...inPlaceMaps.flatMap((key) => valuesOf(schema[key]))],
    below: [...belowKeywords.flatMap((key) => listOf(schema[key])), ...belowMaps.flatMap((key) => valuesOf(schema[key]))],
  };
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? [value] : [];
}

function valuesOf(value: unknown): readonly unknown[] {
  return isObject(value) ? Object.values(value) : [];
}
