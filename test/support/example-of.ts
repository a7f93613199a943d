type Schema = Readonly<Record<string, unknown>>;

/** A value that fits a JSON Schema, as far as clients write them: strings are "Paris", numbers 21. */
export function exampleOf(schema: unknown, root: Schema = toSchema(schema)): unknown {
  const { $ref, anyOf, oneOf, allOf, enum: values, const: constant, type, items, properties } = toSchema(schema);
  if (typeof $ref === 'string') return exampleOf(resolve(root, $ref), root);
  if (constant !== undefined) return constant;
  if (Array.isArray(values)) return values[0];
  const choice = [anyOf, oneOf, allOf].find(Array.isArray);
  if (choice !== undefined) return exampleOf(choice[0], root);
  const kind: unknown = Array.isArray(type) ? type[0] : type;
  switch (kind) {
    case 'string':
      return 'Paris';
    case 'number':
    case 'integer':
      return 21;
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'array':
      return [exampleOf(items, root)];
    default:
      // An object of any keys gets one.
      if (properties === undefined) return { city: 'Paris' };
      return Object.fromEntries(Object.entries(toSchema(properties)).map(([name, each]) => [name, exampleOf(each, root)]));
  }
}

/** Follows a `#/$defs/Name`. */
function resolve(root: Schema, reference: string): unknown {
  const keys = reference.replace(/^#\/?/, '').split('/');
  return keys.reduce((schema: unknown, key) => toSchema(schema)[key.replaceAll('~1', '/').replaceAll('~0', '~')], root);
}

function toSchema(value: unknown): Schema {
  return typeof value === 'object' && value !== null ? (value as Schema) : {};
}
