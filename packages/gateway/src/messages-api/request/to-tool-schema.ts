import { isObject, type JsonObject } from '../../turn/tool.ts';
import { mapSchemas } from './map-schemas.ts';

const combining = ['anyOf', 'oneOf', 'allOf'] as const;
/** The most characters of alternatives, as JSON, that are looked at; what further ones allow is told in words only. */
const maxCharacters = 500_000;
/** What each costs besides. */
const alternativeCharacters = 1000;

/**
 * A schema of a tool's arguments as the API takes it: by the draft of 2020, of an object, and without alternatives at its root. The
 * same where it is so already.
 */
export function toToolSchema(schema: JsonObject): JsonObject {
  const root = mapSchemas(schema, modernize);
  const plain = isForObjects(root['type']) ? { ...root, type: 'object' } : root;
  return combining.some((key) => Array.isArray(plain[key])) ? withoutRootAlternatives(plain) : plain;
}

function isForObjects(type: unknown): boolean {
  return type === undefined || (Array.isArray(type) && type.includes('object'));
}

/** What earlier drafts, and OpenAPI, say in other words. */
function modernize(schema: JsonObject): JsonObject {
  const changes: Record<string, unknown> = {};
  const { items, additionalItems, required, nullable, type } = schema;
  if (Array.isArray(items)) Object.assign(changes, { prefixItems: items, items: additionalItems, additionalItems: undefined });
  if (required !== undefined && !Array.isArray(required)) changes['required'] = undefined;
  if (nullable === true && typeof type === 'string') Object.assign(changes, { type: [type, 'null'], nullable: undefined });
  for (const [limit, excluded] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    if (typeof schema[excluded] !== 'boolean') continue;
    Object.assign(changes, schema[excluded] ? { [excluded]: schema[limit], [limit]: undefined } : { [excluded]: undefined });
  }
  if (Object.keys(changes).length === 0) return schema;
  return Object.fromEntries(Object.entries({ ...schema, ...changes }).filter(([, value]) => value !== undefined));
}

interface Shape {
  readonly properties: JsonObject;
  readonly required: readonly string[];
}

/** Alternatives at the root become the properties of all of them; which belong together is told in words. */
function withoutRootAlternatives(root: JsonObject): JsonObject {
  let left = maxCharacters;

  function shapeOf(schema: unknown): Shape {
    if (!isObject(schema) || left < 0) return { properties: {}, required: [] };
    const { properties, required, $ref } = schema;
    const own: Shape = { properties: isObject(properties) ? properties : {}, required: textsIn(required) };
    // One definition may be referred to by all of them.
    left -= alternativeCharacters + JSON.stringify(own).length;
    const parts = [
      own,
      ...(typeof $ref === 'string' ? [shapeOf(definitionOf(root, $ref))] : []),
      ...listOf(schema['allOf']).map(shapeOf),
      ...(['anyOf', 'oneOf'] as const).flatMap((key) => (Array.isArray(schema[key]) ? [either(listOf(schema[key]).map(shapeOf))] : [])),
    ];
    return { properties: merge(parts, 'allOf'), required: [...new Set(parts.flatMap((part) => part.required))] };
  }

  const { anyOf, oneOf, allOf, description, ...rest } = root;
  const { properties, required } = shapeOf(root);
  const rule = JSON.stringify({ anyOf, oneOf, allOf });
  const words = `The arguments as a whole must fit ${rule}`;
  return {
    ...rest,
    properties,
    ...(required.length > 0 && { required }),
    description: typeof description === 'string' ? `${description}\n\n${words}` : words,
  };
}

function either(shapes: readonly Shape[]): Shape {
  const [first, ...others] = shapes;
  const needed = others.map(({ required }) => new Set(required));
  return {
    properties: merge(shapes, 'anyOf'),
    required: first === undefined ? [] : first.required.filter((name) => needed.every((names) => names.has(name))),
  };
}

function merge(shapes: readonly Shape[], how: 'anyOf' | 'allOf'): JsonObject {
  const found = new Map<string, unknown[]>();
  for (const { properties } of shapes) {
    for (const [name, schema] of Object.entries(properties)) {
      const schemas = found.get(name);
      if (schemas === undefined) found.set(name, [schema]);
      else schemas.push(schema);
    }
  }
  return Object.fromEntries([...found].map(([name, schemas]) => [name, schemas.length === 1 ? schemas[0] : { [how]: schemas }]));
}

function definitionOf(root: JsonObject, reference: string): unknown {
  const [, kind, name] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(reference) ?? [];
  const definitions = kind === undefined ? undefined : root[kind];
  return isObject(definitions) && name !== undefined && Object.hasOwn(definitions, name) ? definitions[name] : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textsIn(value: unknown): readonly string[] {
  return listOf(value).filter((each) => typeof each === 'string');
}
