import * as fc from 'fast-check';

export interface SchemaCase {
  readonly schema: Record<string, unknown>;
  /** An answer: JSON, now and then something near. */
  readonly answer: string;
}

const name = fc.constantFrom('a', 'b', 'c', 'filter[id]', '__proto__', '$ref', 'x-1');
const pattern = fc.oneof(
  fc.constantFrom(
    '^(a+)+$',
    '^(a|a)*$',
    '(.*)*b',
    '^(?=(a+)+$)',
    '(?<=a.*)b',
    'a{1,5000}',
    '(a{1,99}){1,99}',
    '^x\\-',
    '(',
    '(?i)a',
    '^[a-z]+$',
  ),
  fc.integer({ min: 1, max: 60 }).map((count) => '(a|b?)*'.repeat(count)),
);
const small = fc.oneof(fc.constantFrom(null, true, 0, 1, 1.5, 'a', 'aaaa', '12345'), fc.constant({ a: 1 }), fc.constant([1, 2]));

/** Schemas of every keyword, some of them as large as they can be made; in some a keyword has what it can't have. */
const { schema } = fc.letrec<{ schema: unknown }>((tie) => {
  const list = fc.array(tie('schema'), { minLength: 1, maxLength: 3 });
  const map = fc.dictionary(name, tie('schema'), { maxKeys: 3, noNullPrototype: true });
  const limit = fc.oneof(fc.integer({ min: 0, max: 4 }), small);
  const keyword = fc.oneof(
    fc.tuple(fc.constantFrom('allOf', 'anyOf', 'oneOf', 'prefixItems', 'items'), list),
    fc.tuple(fc.constantFrom('not', 'if', 'then', 'else', 'items', 'contains', 'propertyNames', 'additionalProperties'), tie('schema')),
    fc.tuple(fc.constantFrom('unevaluatedProperties', 'unevaluatedItems', 'additionalItems'), tie('schema')),
    fc.tuple(fc.constantFrom('properties', 'dependentSchemas', 'dependencies', '$defs', 'definitions'), map),
    fc.tuple(fc.constant('patternProperties'), fc.dictionary(pattern, tie('schema'), { maxKeys: 2, noNullPrototype: true })),
    fc.tuple(fc.constantFrom('minimum', 'maxLength', 'minItems', 'maxProperties', 'multipleOf', 'minContains', 'exclusiveMinimum'), limit),
    fc.tuple(fc.constant('type'), fc.constantFrom('object', 'array', 'string', 'integer', ['string', 'null'], 'x', 5)),
    fc.tuple(fc.constantFrom('const', 'default', 'enum', 'examples', 'required', 'uniqueItems', 'nullable'), small),
    fc.tuple(fc.constant('enum'), fc.array(small, { maxLength: 3 })),
    fc.tuple(fc.constant('pattern'), pattern),
    fc.tuple(fc.constant('uniqueItems'), fc.constant(true)),
    fc.tuple(fc.constant('required'), fc.array(name, { maxLength: 3 })),
    fc.tuple(
      fc.constantFrom('$ref', '$dynamicRef'),
      fc.constantFrom('#', '#/$defs/a', '#/$defs/b', '#/$defs/d0', '#/definitions/a', '#x', '#/no'),
    ),
  );
  return {
    schema: fc.oneof(
      { maxDepth: 4 },
      fc.boolean(),
      fc.array(keyword, { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
    ),
  };
});

const repeat = (count: number, wrap: (inner: unknown) => unknown, inner: unknown): unknown => {
  let result = inner;
  for (let each = 0; each < Math.min(count, 1000); each += 1) result = wrap(result);
  return result;
};
const count = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constantFrom(300, 3000, 20_000));

/** What makes a schema large in one way. */
const inflated = fc.tuple(schema, count, fc.constantFrom('allOf', 'anyOf', 'oneOf')).chain(([inner, times, kind]) =>
  fc
    .constantFrom<() => unknown>(
      () => repeat(times, (each) => ({ [kind]: [each] }), inner),
      () => repeat(times, (each) => ({ properties: { a: each } }), inner),
      () => ({ [kind]: Array.from({ length: times }, () => inner) }),
      () => ({ items: { [kind]: Array.from({ length: times }, (_, index) => ({ const: index })) } }),
      () => ({ items: { enum: Array.from({ length: times }, (_, index) => ({ a: index })) } }),
      () => ({ required: Array.from({ length: times }, (_, index) => `p${index}`) }),
      () => ({ allOf: Array.from({ length: times }, (_, index) => ({ pattern: `(a|b)*${index}` })) }),
      () => doubling(times, kind, inner),
    )
    .map((make) => make()),
);

/** Definitions of which each refers twice to the next. */
function doubling(times: number, kind: string, inner: unknown): unknown {
  const twice = (index: number): unknown => ({ [kind]: [{ $ref: `#/$defs/d${index}` }, { $ref: `#/$defs/d${index}` }] });
  return {
    $defs: Object.fromEntries(Array.from({ length: times }, (_, each) => [`d${each}`, each + 1 < times ? twice(each + 1) : inner])),
    ...Object(twice(0)),
  };
}

const value = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 3 }).map((each) => JSON.stringify(each)) },
  fc.constantFrom('{"a":{"a":{"a":1}}}', '{"b":[1,1]}', '[]', '{}', '"ab"', 'no JSON', '{"a":'),
  fc.integer({ min: 1, max: 50_000 }).map((length) => JSON.stringify(`${'a'.repeat(length)}!`)),
  fc
    .integer({ min: 1, max: 3000 })
    .map((length) => JSON.stringify(Array.from({ length }, (_, index) => ({ a: index, b: [{ c: index }] })))),
  fc.integer({ min: 1, max: 3000 }).map((length) => JSON.stringify(Array.from({ length }, (_, index) => index))),
  fc
    .integer({ min: 1, max: 3000 })
    .map((length) => JSON.stringify(Object.fromEntries(Array.from({ length }, (_, index) => [`p${index}`, index])))),
  fc.integer({ min: 1, max: 20_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
);

export const schemaCase: fc.Arbitrary<SchemaCase> = fc
  .tuple(fc.oneof({ weight: 3, arbitrary: schema }, inflated), schema, value)
  .map(([whole, definition, answer]) => ({
    schema: { $defs: { a: definition, b: { $ref: '#/$defs/a' } }, ...(typeof whole === 'object' ? whole : {}) },
    answer,
  }));
