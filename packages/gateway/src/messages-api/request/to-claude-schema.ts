import { isObject, type JsonObject } from '../../turn/tool.ts';

/** What Claude's constrained output takes of a schema as it is. */
const taken = new Set(['type', 'description', 'title', 'default', '$ref', 'required', 'additionalProperties']);
const formats = new Set(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid']);
/** Limits that are told the model in words; the answer is checked for them all the same, but for what is an annotation. */
const told = new Set([
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength', 'pattern', 'format'],
  ...['minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties', 'examples', 'contentEncoding', 'contentMediaType'],
]);
/** What would mean something else without. All other words are annotations, and left out. */
const missed = new Set([
  ...['patternProperties', 'propertyNames', 'unevaluatedProperties', 'dependentRequired', 'dependentSchemas', 'dependencies'],
  ...['prefixItems', 'additionalItems', 'unevaluatedItems', 'contains', 'not', 'if', '$dynamicRef', '$recursiveRef'],
]);
const definitionKeywords = new Set(['$defs', 'definitions']);

/** How much schemas may hold that are costly to be held to; of all in a request together. */
export interface SchemaRoom {
  readonly optional: number;
  readonly unions: number;
}

/** What the API takes. */
export const wholeRoom: SchemaRoom = { optional: 24, unions: 16 };

/** A schema as Claude can be held to it, and the room that it leaves. */
export interface ClaudeSchema {
  readonly schema: JsonObject;
  readonly left: SchemaRoom;
}

/**
 * Adapts a JSON Schema to the subset that Claude's constrained output takes: objects closed, what it does not know told in
 * the description. Undefined for a schema that would mean something else then, such as an object of any keys, and for one with no room left.
 * The time is in proportion to the schema.
 *
 * @see https://docs.anthropic.com/en/docs/build-with-claude/structured-outputs
 */
export function toClaudeSchema(schema: JsonObject, room: SchemaRoom = wholeRoom): ClaudeSchema | undefined {
  try {
    return adaptWhole(schema, room);
  } catch (error) {
    if (error instanceof NotTaken) return undefined;
    throw error;
  }
}

class NotTaken extends Error {}

function adaptWhole(root: JsonObject, room: SchemaRoom): ClaudeSchema {
  let { optional, unions } = room;
  /** Where the definitions refer to, by their paths; the whole has none. */
  const references = new Map<string, Set<string>>();
  let inDefinition = '';

  function adapt(schema: unknown, inAllOf: boolean): JsonObject {
    if (!isObject(schema)) throw new NotTaken();
    const { nullable, ...rest } = schema;
    if (nullable !== true) return adaptObject(schema, inAllOf);
    unions -= 1;
    return { anyOf: [adaptObject(rest, inAllOf), { type: 'null' }] };
  }

  function adaptObject(schema: JsonObject, inAllOf: boolean): JsonObject {
    const result: Record<string, unknown> = {};
    const words: string[] = [];
    for (const [key, value] of Object.entries(schema)) {
      if (missed.has(key) || ('$ref' in schema && inAllOf)) throw new NotTaken();
      if (key === 'format' && typeof value === 'string' && formats.has(value)) result[key] = value;
      else if (key === 'minItems' && (value === 0 || value === 1)) result[key] = value;
      else if (told.has(key)) words.push(`${key}: ${JSON.stringify(value)}`);
      else if (key === 'anyOf' || key === 'oneOf') result['anyOf'] = adaptAll(value, inAllOf);
      // A definition can't be taken in together with something else.
      else if (key === 'allOf') result[key] = adaptAll(value, true);
      else if (key === 'items') result[key] = adapt(value, inAllOf);
      else if (key === 'properties') result[key] = adaptMap(value, (each) => adapt(each, inAllOf));
      else if (definitionKeywords.has(key))
        result[key] = adaptMap(value, (each, name) => adaptDefinition(each, schema === root ? `#/${key}/${name}` : ''));
      else if (key === 'enum' || key === 'const') result[key] = plainValues(value);
      else if (taken.has(key)) result[key] = value;
    }
    count(schema);
    if (isObject(schema['properties']) || schema['type'] === 'object') close(result);
    if (words.length > 0) {
      const own = typeof schema['description'] === 'string' ? `${schema['description']} ` : '';
      result['description'] = `${own}(${words.join(', ')})`;
    }
    return result;
  }

  function adaptAll(value: unknown, inAllOf: boolean): JsonObject[] {
    if (!Array.isArray(value)) throw new NotTaken();
    return value.map((each) => adapt(each, inAllOf));
  }

  function adaptDefinition(schema: unknown, path: string): JsonObject {
    const outer = inDefinition;
    inDefinition = path === '' ? outer : path;
    if (path !== '') references.set(path, new Set());
    const adapted = adapt(schema, false);
    inDefinition = outer;
    return adapted;
  }

  function count({ $ref, properties, required, anyOf, oneOf, type }: JsonObject): void {
    if (typeof $ref === 'string') references.set(inDefinition, (references.get(inDefinition) ?? new Set()).add($ref));
    const needed = Array.isArray(required) ? required.length : 0;
    if (isObject(properties)) optional -= Math.max(0, Object.keys(properties).length - needed);
    if (Array.isArray(anyOf) || Array.isArray(oneOf) || Array.isArray(type)) unions -= 1;
  }

  const schema = adapt(root, false);
  if (optional < 0 || unions < 0 || !arePlain(references)) throw new NotTaken();
  return { schema, left: { optional, unions } };
}

/** Whether all references are to definitions of the schema's own, none of which leads back to itself. */
function arePlain(references: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const plain = new Set<string>();
  const isPlain = (path: string, way: ReadonlySet<string>): boolean =>
    [...(references.get(path) ?? [])].every((next) => {
      if (plain.has(next)) return true;
      if (!references.has(next) || way.has(next) || way.size > 100 || !isPlain(next, new Set([...way, next]))) return false;
      plain.add(next);
      return true;
    });
  return isPlain('', new Set()) && [...references.keys()].every((path) => isPlain(path, new Set([path])));
}

function adaptMap(value: unknown, adapt: (each: unknown, name: string) => JsonObject): JsonObject {
  if (!isObject(value)) throw new NotTaken();
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, adapt(each, name)]));
}

/** Values are texts, numbers, booleans and null; others are not taken. */
function plainValues(value: unknown): unknown {
  for (const each of Array.isArray(value) ? value : [value]) if (typeof each === 'object' && each !== null) throw new NotTaken();
  return value;
}

/** Constrained objects have just the properties that they name. */
function close(result: Record<string, unknown>): void {
  const more = result['additionalProperties'];
  if (!isObject(result['properties']) || (more !== undefined && typeof more !== 'boolean') || more === true) throw new NotTaken();
  result['additionalProperties'] = false;
}
