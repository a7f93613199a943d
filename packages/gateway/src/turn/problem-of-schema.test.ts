import { expect, test } from 'vitest';
import { problemOfSchema } from './problem-of-schema.ts';

test.each<object>([
  {},
  { type: 'object', properties: { $ref: { type: 'string' }, pattern: { type: 'string' } } },
  { $defs: { node: { type: 'array', items: { $ref: '#/$defs/node' } } }, $ref: '#/$defs/node' },
  { type: 'object', properties: { child: { $ref: '#' } } },
  { type: 'string', pattern: String.raw`^\d+\p{L}$` },
  { type: 'object', additionalProperties: true, properties: { a: { type: 'x', format: 'y' } } },
])('%o can be checked by', (schema) => {
  const before = JSON.stringify(schema);
  expect(problemOfSchema(schema as Record<string, unknown>)).toBeUndefined();
  expect(JSON.stringify(schema)).toBe(before);
});

test.each([
  { schema: { properties: { a: { $ref: '#/$defs/no' } } }, problem: "nothing is at '$ref': '#/$defs/no'" },
  { schema: { items: { $ref: 'https://example.com/schema.json' } }, problem: "nothing is at '$ref': 'https://example.com/schema.json'" },
  { schema: { anyOf: [{ type: 'string', pattern: '(' }] }, problem: "'(' is no regular expression" },
])('$problem', ({ schema, problem }) => {
  expect(problemOfSchema(schema)).toBe(problem);
});
