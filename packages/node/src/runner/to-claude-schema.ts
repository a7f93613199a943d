import type { JsonObject } from '@claude-code-api/gateway';

/** What Claude's constrained output takes of a schema as it is. */
const taken = new Set([
  'type',
  'enum',
  'const',
  'description',
  'title',
  'default',
  '$ref',
  '$defs',
  'definitions',
  'anyOf',
  'allOf',
  'properties',
  'required',
  'items',
  'additionalProperties',
]);
const formats = new Set(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid']);
/** Limits that are told the model in words; the answer is checked for them all the same. */
const told = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'uniqueItems',
  'format',
  'examples',
]);

/**
 * Adapts a JSON Schema to the subset that Claude's constrained output takes: objects closed, what it does not know told in
 * the description. Undefined for a schema that would mean something else then, such as an object of any keys.
 *
 * @see https://docs.anthropic.com/en/docs/build-with-claude/structured-outputs
 */
export function toClaudeSchema(schema: JsonObject): JsonObject | undefined {
  try {
    return isTooMuch(schema) || !hasPlainReferences(schema) ? undefined : adaptObject(schema);
  } catch (error) {
    if (error instanceof NotTaken) return undefined;
    throw error;
  }
}

class NotTaken extends Error {}

/** More than so many of either, and the API refuses the schema. */
const maxOptional = 24;
const maxUnions = 16;

function isTooMuch(schema: JsonObject): boolean {
  let optional = 0;
  let unions = 0;
  for (const each of objectsIn(schema)) {
    const required = Array.isArray(each['required']) ? each['required'].length : 0;
    if (isObject(each['properties'])) optional += Math.max(0, Object.keys(each['properties']).length - required);
    if (Array.isArray(each['anyOf']) || Array.isArray(each['oneOf']) || Array.isArray(each['type'])) unions += 1;
  }
  return optional > maxOptional || unions > maxUnions;
}

/** Whether all references are to definitions of the schema's own, none of which leads back to itself. */
function hasPlainReferences(schema: JsonObject): boolean {
  const plain = new Set<string>();
  const isPlain = (value: unknown, path: readonly string[]): boolean =>
    referencesIn(value).every((reference) => {
      if (plain.has(reference)) return true;
      const definition = definitionOf(schema, reference);
      if (definition === undefined || path.includes(reference) || !isPlain(definition, [...path, reference])) return false;
      plain.add(reference);
      return true;
    });
  return isPlain(schema, []);
}

function referencesIn(value: unknown): string[] {
  return objectsIn(value).flatMap((each) => (typeof each['$ref'] === 'string' ? [each['$ref']] : []));
}

function definitionOf(schema: JsonObject, reference: string): unknown {
  const [, kind, name] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(reference) ?? [];
  const definitions = kind === undefined ? undefined : schema[kind];
  return isObject(definitions) && name !== undefined && Object.hasOwn(definitions, name) ? definitions[name] : undefined;
}

function objectsIn(value: unknown): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  return isObject(value) ? [value, ...Object.values(value).flatMap(objectsIn)] : [];
}

function adapt(schema: unknown): JsonObject {
  if (!isObject(schema)) throw new NotTaken();
  return adaptObject(schema);
}

function adaptObject(schema: JsonObject): JsonObject {
  const result: Record<string, unknown> = {};
  const words: string[] = [];
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'format' && typeof value === 'string' && formats.has(value)) result[key] = value;
    else if (key === 'minItems' && (value === 0 || value === 1)) result[key] = value;
    else if (told.has(key)) words.push(`${key}: ${JSON.stringify(value)}`);
    else if (key === 'oneOf') result['anyOf'] = adaptAll(value);
    else if (taken.has(key)) result[key] = adaptKeyword(key, value);
    else if (key !== '$schema' && key !== '$id' && key !== 'strict') throw new NotTaken();
  }
  if (isObject(schema['properties']) || schema['type'] === 'object') close(result);
  if (words.length > 0) {
    const own = typeof schema['description'] === 'string' ? `${schema['description']} ` : '';
    result['description'] = `${own}(${words.join(', ')})`;
  }
  return result;
}

function adaptKeyword(key: string, value: unknown): unknown {
  if (key === 'properties' || key === '$defs' || key === 'definitions') {
    if (!isObject(value)) throw new NotTaken();
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, adapt(each)]));
  }
  // A definition can't be taken in together with something else.
  if (key === 'allOf' && referencesIn(value).length > 0) throw new NotTaken();
  if (key === 'anyOf' || key === 'allOf') return adaptAll(value);
  return key === 'items' ? adapt(value) : value;
}

function adaptAll(value: unknown): JsonObject[] {
  if (!Array.isArray(value)) throw new NotTaken();
  return value.map(adapt);
}

/** Constrained objects have just the properties that they name. */
function close(result: Record<string, unknown>): void {
  const more = result['additionalProperties'];
  if (!isObject(result['properties']) || (more !== undefined && typeof more !== 'boolean') || more === true) throw new NotTaken();
  result['additionalProperties'] = false;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
