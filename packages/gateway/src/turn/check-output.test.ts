import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkOutput } from './check-output.ts';

const city = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 2 },
    tags: { type: 'array', items: { enum: ['a', 'b'] } },
    size: { type: ['integer', 'null'] },
  },
  required: ['name'],
  additionalProperties: false,
};

test.each(['{"name":"Oslo"}', ' {"name":"Oslo","tags":["a","b"],"size":null}\n'])('fits: %s', (text) => {
  expect(checkOutput(text, city)).toBeUndefined();
});

test.each([
  ['', /not valid JSON/],
  ['Here: {"name":"Oslo"}', /not valid JSON/],
  ['{"name":"Oslo"', /not valid JSON/],
  ['{"name":"Oslo"}{"name":"Oslo"}', /not valid JSON/],
  ['[]', /^at #: .*"object"/],
  ['{}', /^at #: .*"name"/],
  ['{"name":"O"}', /^at #\/name: /],
  ['{"name":"Oslo","tags":["a","c"]}', /^at #\/tags\/1: /],
  ['{"name":"Oslo","size":1.5}', /^at #\/size: /],
  ['{"name":"Oslo","more":1}', /^at #\/more: /],
])('does not fit: %s', (text, problem) => {
  expect(checkOutput(text, city)).toMatch(problem);
});

test('a recursion, and a schema that says nothing', () => {
  const tree = {
    $defs: { node: { type: 'object', properties: { children: { type: 'array', items: { $ref: '#/$defs/node' } } } } },
    $ref: '#/$defs/node',
  };
  expect(checkOutput('{"children":[{"children":[]}]}', tree)).toBeUndefined();
  expect(checkOutput('{"children":[{"children":1}]}', tree)).toMatch(/children/);
  fc.assert(fc.property(fc.jsonValue(), (value) => checkOutput(JSON.stringify(value), {}) === undefined));
});

test('a value that is its own schema fits, and no other does', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (value, other) => {
      const schema = { enum: [value] };
      expect(checkOutput(JSON.stringify(value), schema)).toBeUndefined();
      // -0 is 0 in JSON.
      if (JSON.stringify(sort(value)) !== JSON.stringify(sort(other))) expect(checkOutput(JSON.stringify(other), schema)).toBeDefined();
    }),
  );
});

function sort(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sort);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, each]): [string, unknown] => [key, sort(each)])
      .toSorted(([one], [another]) => (one < another ? -1 : 1)),
  );
}
