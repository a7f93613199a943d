import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { TooDear } from '../../json-schema/budget.ts';
import type { JsonObject } from '../../turn/tool.ts';
import { createOutputCheck } from './create-output-check.ts';

const check = createOutputCheck();
const checkOutput = (text: string, schema: JsonObject): Promise<string | undefined> => check(text, schema, '');

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

test.each(['{"name":"Oslo"}', ' {"name":"Oslo","tags":["a","b"],"size":null}\n'])('fits: %s', async (text) => {
  await expect(checkOutput(text, city)).resolves.toBeUndefined();
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
])('does not fit: %s', async (text, problem) => {
  await expect(checkOutput(text, city)).resolves.toMatch(problem);
});

test('a recursion, and a schema that says nothing', async () => {
  const tree = {
    $defs: { node: { type: 'object', properties: { children: { type: 'array', items: { $ref: '#/$defs/node' } } } } },
    $ref: '#/$defs/node',
  };
  await expect(checkOutput('{"children":[{"children":[]}]}', tree)).resolves.toBeUndefined();
  await expect(checkOutput('{"children":[{"children":1}]}', tree)).resolves.toMatch(/children/);
  await fc.assert(fc.asyncProperty(fc.jsonValue(), async (value) => (await checkOutput(JSON.stringify(value), {})) === undefined));
});

test('a value that is its own schema fits, and no other does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (value, other) => {
      const schema = { enum: [value] };
      await expect(checkOutput(JSON.stringify(value), schema)).resolves.toBeUndefined();
      // -0 is 0 in JSON.
      if (JSON.stringify(sort(value)) !== JSON.stringify(sort(other)))
        await expect(checkOutput(JSON.stringify(other), schema)).resolves.toBeDefined();
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

test('what takes long leaves room for others, and has an end', async () => {
  const answer = JSON.stringify(Array.from({ length: 3000 }, (_, index) => index));
  const alternatives = (count: number): JsonObject => ({
    items: { anyOf: Array.from({ length: count }, (_, index) => ({ const: 2999 - index })) },
  });
  let order = '';
  const long = check(answer, { items: { enum: Array.from({ length: 100 }, (_, index) => -index), not: {} } }, 'long');
  await expect(long).resolves.toMatch('#/0');
  const count = async (checking: Promise<unknown>, what: string): Promise<unknown> => {
    const result = await checking.catch((error: unknown) => error);
    order += what;
    return result;
  };
  const quick = { pattern: '.*', maximum: 3000, type: 'integer', minimum: 0, multipleOf: 1, not: { const: -1 } };
  const [other, ...tooLong] = await Promise.all([
    count(check(answer, { items: quick }, 'other'), 'o'),
    ...[1, 2, 3].map(() => count(check(answer, alternatives(3000), 'one'), 'x')),
  ]);
  expect(other).toBeUndefined();
  for (const each of tooLong) expect(each).toBeInstanceOf(TooDear);
  expect(order).toMatch(/^x?ox*$/);
});

test('a problem is told in few words, however long the names are', async () => {
  const name = 'x'.repeat(100_000);
  expect(String(await check('{}', { required: [name] }, 'one')).length).toBeLessThan(1100);
  expect(String(await check(JSON.stringify({ [name]: 1 }), { additionalProperties: false }, 'one')).length).toBeLessThan(1100);
});
