import { expect, test } from 'vitest';
import { problemOfSchema } from './problem-of-schema.ts';

const nested = (depth: number, wrap: (inner: object) => Record<string, unknown>): Record<string, unknown> =>
  Array.from({ length: depth }).reduce<Record<string, unknown>>(wrap, {});

/** Definitions each of which refers to the next, so many times. */
const chain = (length: number, times = 1): Record<string, unknown> => ({
  $defs: Object.fromEntries(
    Array.from({ length }, (_, each) => [
      `d${each}`,
      each === 0 ? {} : { allOf: Array.from({ length: times }, () => ({ $ref: `#/$defs/d${each - 1}` })) },
    ]),
  ),
  $ref: `#/$defs/d${length - 1}`,
});

test.each<object>([
  {},
  { type: 'object', properties: { $ref: { type: 'string' }, pattern: { type: 'string' } } },
  { $defs: { node: { type: 'array', items: { $ref: '#/$defs/node' } } }, $ref: '#/$defs/node' },
  { type: 'object', properties: { child: { $ref: '#' } } },
  { type: 'string', pattern: String.raw`^\d+\p{L}$` },
  { type: 'object', additionalProperties: true, properties: { a: { type: 'x', format: 'y' } } },
  // Patterns of other dialects, needless escapes, and data that looks like a schema.
  { type: 'string', pattern: '(?i)^a' },
  { patternProperties: { '^x\\-': { type: 'integer' } } },
  { properties: { a: { default: { pattern: '(' }, const: { $ref: '#/nope' }, enum: [{ $ref: '#/no' }], examples: [{ pattern: '[' }] } } },
  { $id: 'https://example.com/a', $defs: { b: { $anchor: 'c' }, d: { $ref: '#c' } }, $ref: 'https://example.com/a#/$defs/b' },
])('%o can be checked by', (schema) => {
  const before = JSON.stringify(schema);
  expect(problemOfSchema(schema as Record<string, unknown>)).toBeUndefined();
  expect(JSON.stringify(schema)).toBe(before);
});

test.each([
  { schema: { properties: { a: { $ref: '#/$defs/no' } } }, problem: "nothing is at '$ref': '#/$defs/no'" },
  { schema: { items: { $ref: 'https://example.com/schema.json' } }, problem: "nothing is at '$ref': 'https://example.com/schema.json'" },
  { schema: { $ref: '#' }, problem: 'a definition in it refers to itself alone' },
  {
    schema: { $defs: { a: { anyOf: [{ $ref: '#/$defs/b' }] }, b: { not: { $ref: '#/$defs/a' } } } },
    problem: 'a definition in it refers to itself alone',
  },
  {
    schema: { $ref: '#/more/a', more: { a: { properties: { b: { $ref: '#/more/c' } } }, c: { $ref: '#/more/c' } } },
    problem: 'a definition in it refers to itself alone',
  },
  { schema: nested(65, (inner) => ({ allOf: [inner] })), problem: 'it is nested more than 128 levels deep' },
  { schema: { enum: Array.from({ length: 20_000 }, () => 1) }, problem: 'it holds more than 20000 values' },
  {
    schema: { pattern: String.raw`[\p{L}a]`.repeat(101) },
    problem: 'its patterns have more than 100 Unicode classes',
  },
  { schema: { description: 'a'.repeat(500_001) }, problem: 'it has more than 500000 characters' },
  { schema: { pattern: 'a'.repeat(50_001) }, problem: 'its patterns have more than 50000 characters' },
  {
    schema: { anyOf: Array.from({ length: 1001 }, () => ({ $ref: '#/$defs/a' })), $defs: { a: {} } },
    problem: 'it has more than 1000 references',
  },
  { schema: chain(300), problem: 'its references and alternatives make more than 5000 schemas for one value' },
  { schema: chain(20, 2), problem: 'its references and alternatives make more than 5000 schemas for one value' },
  { schema: { anyOf: [{ type: 'string', pattern: '(' }] }, problem: "'(' is no regular expression" },
])('$problem', ({ schema, problem }: { schema: Record<string, unknown>; problem: string }) => {
  expect(problemOfSchema(schema)).toBe(problem);
});
