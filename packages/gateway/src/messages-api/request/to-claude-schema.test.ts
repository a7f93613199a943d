import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { toClaudeSchema } from './to-claude-schema.ts';

const closed = (properties: object): Record<string, unknown> => ({ type: 'object', properties, additionalProperties: false });

test.each([
  {
    what: 'an object is closed',
    schema: { type: 'object', properties: { a: { type: 'string' } } },
    adapted: closed({ a: { type: 'string' } }),
  },
  {
    what: 'so are those within',
    schema: { type: 'array', items: { type: 'object', properties: {} } },
    adapted: { type: 'array', items: closed({}) },
  },
  { what: 'properties make an object', schema: { properties: {} }, adapted: { properties: {}, additionalProperties: false } },
  {
    what: 'limits become words',
    schema: { type: 'number', minimum: 1, multipleOf: 0.5 },
    adapted: { type: 'number', description: '(minimum: 1, multipleOf: 0.5)' },
  },
  {
    what: 'after words that are there',
    schema: { pattern: '^a', description: 'A word.' },
    adapted: { description: 'A word. (pattern: "^a")' },
  },
  { what: 'a format that is known stays', schema: { type: 'string', format: 'email' }, adapted: { type: 'string', format: 'email' } },
  { what: 'another is told', schema: { type: 'string', format: 'color' }, adapted: { type: 'string', description: '(format: "color")' } },
  {
    what: 'a small minItems stays',
    schema: { type: 'array', minItems: 1, maxItems: 3 },
    adapted: { type: 'array', minItems: 1, description: '(maxItems: 3)' },
  },
  { what: 'a larger is told', schema: { type: 'array', minItems: 2 }, adapted: { type: 'array', description: '(minItems: 2)' } },
  {
    what: 'oneOf is anyOf',
    schema: { oneOf: [{ const: 1 }, { enum: ['a', null] }] },
    adapted: { anyOf: [{ const: 1 }, { enum: ['a', null] }] },
  },
  {
    what: 'definitions are adapted, references stay',
    schema: {
      $schema: 'x',
      $id: 'y',
      $defs: { a: { type: 'object', properties: {} } },
      properties: { b: { $ref: '#/$defs/a' }, c: { $ref: '#/$defs/a' } },
    },
    adapted: { $defs: { a: closed({}) }, properties: { b: { $ref: '#/$defs/a' }, c: { $ref: '#/$defs/a' } }, additionalProperties: false },
  },
  {
    what: 'names of properties are only names',
    schema: closed({ minimum: { type: 'null' }, $ref: { type: 'null' }, oneOf: { type: 'null' } }),
    adapted: closed({ minimum: { type: 'null' }, $ref: { type: 'null' }, oneOf: { type: 'null' } }),
  },
  {
    what: 'data is left as it is, whatever it looks like',
    schema: { type: 'object', properties: {}, default: { $ref: '#/no', minimum: 1 }, examples: [{ $ref: '#/no' }] },
    adapted: { ...closed({}), default: { $ref: '#/no', minimum: 1 }, description: '(examples: [{"$ref":"#/no"}])' },
  },
  {
    what: 'OpenAPI says null in its own way',
    schema: { type: 'string', nullable: true },
    adapted: { anyOf: [{ type: 'string' }, { type: 'null' }] },
  },
  {
    what: 'annotations are left out',
    schema: { type: 'string', $comment: 'x', deprecated: true, 'x-order': 1, readOnly: true },
    adapted: { type: 'string' },
  },
])('$what', ({ schema, adapted }) => {
  const before = JSON.stringify(schema);
  expect(toClaudeSchema(schema)?.schema).toEqual(adapted);
  expect(JSON.stringify(schema)).toBe(before);
});

const many = (count: number, schema: object): object =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, schema]));

test.each([
  { what: 'any object', schema: { type: 'object' } },
  { what: 'a map', schema: { type: 'object', properties: {}, additionalProperties: { type: 'string' } } },
  { what: 'an open object', schema: { type: 'object', properties: {}, additionalProperties: true } },
  { what: 'an open object within', schema: closed({ a: { type: 'object' } }) },
  { what: 'a keyword that can not be told', schema: { type: 'object', properties: {}, patternProperties: {} } },
  { what: 'not', schema: { not: { type: 'string' } } },
  { what: 'a tuple', schema: { type: 'array', items: [{ type: 'string' }] } },
  { what: 'a schema that is a boolean', schema: closed({ a: true }) },
  { what: 'a recursion to the whole', schema: closed({ a: { $ref: '#' } }) },
  { what: 'a recursion of a definition', schema: { $defs: { a: { type: 'array', items: { $ref: '#/$defs/a' } } }, $ref: '#/$defs/a' } },
  {
    what: 'a recursion in two steps',
    schema: {
      definitions: { a: { anyOf: [{ $ref: '#/definitions/b' }] }, b: { items: { $ref: '#/definitions/a' } } },
      $ref: '#/definitions/a',
    },
  },
  { what: 'a reference to another place', schema: closed({ a: { type: 'string' }, b: { $ref: '#/properties/a' } }) },
  { what: 'a reference to elsewhere', schema: closed({ a: { $ref: 'https://example.com/a.json' } }) },
  { what: 'values that are objects', schema: { enum: [{ $ref: '#/no' }] } },
  { what: 'a reference among others, deeper', schema: { $defs: { a: closed({}) }, allOf: [{ anyOf: [{ $ref: '#/$defs/a' }] }] } },
  { what: 'a definition that nothing uses, and that is itself', schema: { $defs: { a: { $ref: '#/$defs/a' } } } },
  { what: 'a reference among others', schema: { $defs: { a: closed({}) }, allOf: [{ $ref: '#/$defs/a' }] } },
  { what: 'more optional properties than the API takes', schema: closed(many(25, { type: 'string' })) },
  {
    what: 'more unions than the API takes',
    schema: { ...closed(many(17, { type: ['string', 'null'] })), required: Object.keys(many(17, {})) },
  },
])('not taken: $what', ({ schema }) => {
  expect(toClaudeSchema(schema)).toBeUndefined();
});

test('what it has adapted needs no more adapting', () => {
  const leaf = fc.record(
    {
      type: fc.constantFrom('string', 'number', 'integer', 'boolean', 'null'),
      description: fc.string(),
      minimum: fc.integer(),
      pattern: fc.string(),
      format: fc.constantFrom('date', 'color'),
      enum: fc.array(fc.jsonValue({ maxDepth: 0 }), { minLength: 1 }),
    },
    { requiredKeys: [] },
  );
  const { schema } = fc.letrec<{ schema: Record<string, unknown> }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.record({ type: fc.constant('array'), items: tie('schema') }),
      fc.record({ type: fc.constant('object'), properties: fc.dictionary(fc.string(), tie('schema'), { noNullPrototype: true }) }),
      fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
    ),
  }));
  fc.assert(
    fc.property(schema, (each) => {
      const adapted = toClaudeSchema(each)?.schema;
      if (adapted !== undefined) expect(toClaudeSchema(adapted)?.schema).toEqual(adapted);
    }),
  );
});

test('it takes time in proportion, however deep', () => {
  const deep = (depth: number): Record<string, unknown> =>
    Array.from({ length: depth }).reduce<Record<string, unknown>>((inner) => ({ allOf: [inner, { $comment: 'x' }] }), { type: 'string' });
  const start = performance.now();
  for (let each = 0; each < 100; each += 1) toClaudeSchema(deep(64));
  const definitions = Object.fromEntries(
    Array.from({ length: 99 }, (_, each) => [`d${each}`, each === 0 ? {} : { anyOf: [{ $ref: `#/$defs/d${each - 1}` }] }]),
  );
  for (let each = 0; each < 100; each += 1) toClaudeSchema({ $defs: definitions, $ref: '#/$defs/d98' }, { optional: 24, unions: 200 });
  expect(performance.now() - start).toBeLessThan(60_000);
});
