import { expect, test } from 'vitest';
import { en } from 'zod/locales';
import * as z from 'zod/mini';
import { parseBody } from './parse-body.ts';

const schema = z.looseObject({
  model: z.string().check(z.minLength(1)),
  n: z.optional(z.int().check(z.minimum(1))),
  mode: z.optional(z.enum(['a', 'b'])),
  content: z.optional(z.union([z.string(), z.array(z.looseObject({ type: z.literal('text'), text: z.string() }))])),
  messages: z.optional(z.array(z.discriminatedUnion('role', [z.looseObject({ role: z.literal('user'), content: z.string() })]))),
});

test('gives back what fits, unknown keys too', () => {
  expect(parseBody(schema, { model: 'm', more: [1] })).toEqual({ model: 'm', more: [1] });
});

test.each<[string, unknown, object]>([
  ['nothing', undefined, { code: 'invalid_type', param: null }],
  ['null', null, { code: 'invalid_type', param: null }],
  ['a list', [], { code: 'invalid_type', param: null }],
  ['a missing key', {}, { code: 'missing_required_parameter', param: 'model', message: "Missing required parameter: 'model'." }],
  [
    'a wrong type',
    { model: 1 },
    { code: 'invalid_type', param: 'model', message: "Invalid type for 'model': expected a string, but got a number instead." },
  ],
  ['null for a value', { model: null }, { code: 'invalid_type', param: 'model' }],
  ['a decimal number', { model: 'm', n: 1.5 }, { code: 'invalid_type', param: 'n' }],
  ...[Infinity, -Infinity].map((n): [string, unknown, object] => [
    `${n}, as JSON reads 1e999`,
    { model: 'm', n },
    { code: 'invalid_type', param: 'n', message: "Invalid type for 'n': expected a number, but got a number that is too large instead." },
  ]),
  ['a value out of range', { model: 'm', n: 0 }, { code: 'invalid_value', param: 'n' }],
  [
    'a value not on the list',
    { model: 'm', mode: 'c' },
    { code: 'invalid_value', param: 'mode', message: "Invalid value: \"c\". Supported values are: 'a', 'b'." },
  ],
  ['no member of a union', { model: 'm', content: 1 }, { code: 'invalid_type', param: 'content' }],
  [
    'a fault within a member of a union',
    { model: 'm', content: [{ type: 'text', text: 1 }] },
    { code: 'invalid_type', param: 'content[0].text' },
  ],
  [
    'a missing key within a member of a union',
    { model: 'm', content: [{ type: 'text' }] },
    { code: 'missing_required_parameter', param: 'content[0].text' },
  ],
  ['an unknown discriminator', { model: 'm', messages: [{ role: 'x' }] }, { code: 'invalid_value', param: 'messages[0].role' }],
  [
    'a missing key in a list',
    { model: 'm', messages: [{ role: 'user' }] },
    { code: 'missing_required_parameter', param: 'messages[0].content' },
  ],
])('%s: a 400 with what and where', (_, body, expected) => {
  expect(() => parseBody(schema, body)).toThrow(expect.objectContaining({ status: 400, ...expected }));
});

test('bounds and patterns are told in the words of zod', () => {
  const bounded = z.object({
    text: z.optional(z.string().check(z.minLength(2), z.maxLength(3), z.regex(/^[a-z]*$/))),
    exact: z.optional(z.string().check(z.length(2))),
    list: z.optional(z.array(z.number()).check(z.minLength(1), z.maxLength(2))),
    number: z.optional(z.number().check(z.gt(0), z.lt(1))),
    whole: z.optional(z.int().check(z.minimum(1), z.maximum(5))),
    named: z.optional(z.record(z.string().check(z.maxLength(2)), z.string())),
    odd: z.optional(z.unknown().check(z.refine((value) => value !== 2))),
    own: z.optional(z.unknown().check(z.refine((value) => value !== 2, 'it is two'))),
  });
  const wrong = [
    ...['a', 'abcd', 'AB'].map((text) => ({ text })),
    ...['a', 'abc'].map((exact) => ({ exact })),
    ...[[], [1, 2, 3]].map((list) => ({ list })),
    ...[0, 1].map((number) => ({ number })),
    ...[0, 6, 2 ** 53].map((whole) => ({ whole })),
    ...[{ named: { abc: 'x' } }, { odd: 2 }, { own: 2 }],
  ];
  for (const body of wrong) {
    const [issue] = bounded.safeParse(body, { error: en().localeError }).error?.issues ?? [];
    expect(() => parseBody(bounded, body)).toThrow(`: ${issue?.message}.`);
  }
});

test('a strict schema, of a dialect of your own for instance, names what it does not know', () => {
  const strict = z.strictObject({ model: z.string() });
  expect(() => parseBody(strict, { model: 'm', modle: 1, x: 2 })).toThrow("Invalid value for 'body': Unrecognized keys: modle, x.");
});
