import { expect, test } from 'vitest';
import { toToolSchema } from './to-tool-schema.ts';

const text = { type: 'string' };
const number = { type: 'number' };

test('a schema that the API takes is the same object', () => {
  const schema = {
    type: 'object',
    properties: { a: { anyOf: [text, { $ref: '#/$defs/b' }], exclusiveMinimum: 1 }, nullable: text, items: { type: 'array', items: text } },
    $defs: { b: { enum: [{ items: [1], nullable: true }] } },
    default: { items: [text], required: true },
  };
  expect(toToolSchema(schema)).toBe(schema);
});

test.each([
  { what: 'no type', schema: { properties: { a: text } }, made: { type: 'object', properties: { a: text } } },
  { what: 'a type that may be null', schema: { type: ['object', 'null'], properties: {} }, made: { type: 'object', properties: {} } },
  {
    what: 'words of earlier drafts, and of OpenAPI',
    schema: {
      type: 'object',
      properties: {
        a: { type: 'array', items: [text, number], additionalItems: false },
        b: { minimum: 1, exclusiveMinimum: true, maximum: 2, exclusiveMaximum: false },
        c: { type: 'string', required: true },
        d: { type: 'string', nullable: true },
      },
    },
    made: {
      type: 'object',
      properties: {
        a: { type: 'array', prefixItems: [text, number], items: false },
        b: { exclusiveMinimum: 1, maximum: 2 },
        c: { type: 'string' },
        d: { type: ['string', 'null'] },
      },
    },
  },
  {
    what: 'alternatives at the root',
    schema: {
      type: 'object',
      description: 'D',
      properties: { a: text },
      required: ['a'],
      oneOf: [
        { properties: { b: text, c: text }, required: ['b', 'c'] },
        { properties: { b: number }, required: ['b'] },
      ],
    },
    made: {
      type: 'object',
      description: expect.stringMatching(/^D\n\nThe arguments as a whole must fit \{"oneOf":\[\{.*\}\]\}$/),
      properties: { a: text, b: { anyOf: [text, number] }, c: text },
      required: ['a', 'b'],
    },
  },
  {
    what: 'alternatives that are defined elsewhere',
    schema: { anyOf: [{ $ref: '#/$defs/a' }, { type: 'null' }], $defs: { a: { properties: { x: text }, required: ['x'] } } },
    made: {
      type: 'object',
      description: expect.stringContaining('"$ref":"#/$defs/a"'),
      properties: { x: text },
      $defs: { a: { properties: { x: text }, required: ['x'] } },
    },
  },
  {
    what: 'parts at the root',
    schema: {
      allOf: [
        { properties: { a: text }, required: ['a'] },
        { properties: { a: { minLength: 1 }, b: number }, required: ['b'] },
      ],
    },
    made: {
      type: 'object',
      description: expect.any(String),
      properties: { a: { allOf: [text, { minLength: 1 }] }, b: number },
      required: ['a', 'b'],
    },
  },
])('$what', ({ schema, made }) => {
  expect(toToolSchema(schema)).toEqual(made);
});

test('alternatives without end have one', () => {
  const $defs = { a: { anyOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/a' }] } };
  expect(toToolSchema({ $ref: '#/$defs/a', anyOf: [{ $ref: '#/$defs/a' }], $defs })).toMatchObject({ type: 'object', properties: {} });
});

test('alternatives that require thousands of properties take little time', () => {
  const required = Array.from({ length: 9000 }, (_, index) => `p${index}`);
  expect(toToolSchema({ anyOf: [{ required }, { required: required.toReversed() }] })['required']).toHaveLength(9000);
});

test('one large definition is not said for each alternative that refers to it', () => {
  const $defs = { a: { properties: { a: { description: 'x'.repeat(100_000) } } } };
  const made = toToolSchema({ anyOf: Array.from({ length: 400 }, () => ({ $ref: '#/$defs/a' })), $defs });
  expect(JSON.stringify(made).length).toBeLessThan(2_000_000);
  expect(made['properties']).toMatchObject({ a: { anyOf: expect.any(Array) } });
});
