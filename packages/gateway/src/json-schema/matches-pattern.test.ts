import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compilePattern } from './compile-pattern.ts';
import { TooDear, createBudget } from './budget.ts';
import { matchesPattern } from './matches-pattern.ts';
import { parsePattern } from './parse-pattern.ts';

function matches(source: string, text: string, steps = 1_000_000): boolean | string {
  const node = parsePattern(source);
  const budget = createBudget(steps);
  return typeof node === 'string' ? node : matchesPattern(compilePattern(node, budget), text, budget);
}

const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(
      'a',
      'b',
      '.',
      '^',
      '$',
      '\\d',
      '\\w',
      '[ab]',
      '[^a]',
      '\\b',
      '\\B',
      '',
      'é',
      '😀',
      '\\u0061',
      '\\x62',
      '\\-',
      '[\\w\\-]',
    ),
    fc.tuple(tie('pattern'), tie('pattern')).map(([one, other]) => one + other),
    fc.tuple(tie('pattern'), tie('pattern')).map(([one, other]) => `(${one}|${other})`),
    fc
      .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '*?', '{2}', '{1,}', '{0,3}', '{2,3}?'))
      .map(([one, mark]) => `(?:${one})${mark}`),
    fc.tuple(tie('pattern'), fc.constantFrom('=', '!', '<=', '<!')).map(([one, mark]) => `(?${mark}${one})`),
  ),
}));
const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', ' ', 'é', '-', '\n'), maxLength: 12 });

test('as the engine of the runtime', () => {
  fc.assert(
    fc.property(pattern, text, (source, each) => {
      const native = new RegExp(source.replaceAll('\\-', '-'), 'u').test(each);
      expect(matches(source, each), `${source} on ${JSON.stringify(each)}`).toBe(native);
    }),
    { numRuns: 3000 },
  );
});

test.each<[string, string, boolean]>([
  [String.raw`^\d{4}\-\d{2}\-\d{2}$`, '2020-10-11', true],
  [String.raw`^[^@]+\@[^@]+$`, 'me@x', true],
  [String.raw`^https\:\/\/`, 'https://x', true],
  [String.raw`^\p{Lu}\p{Script=Greek}$`, 'Aα', true],
  ['^(?=.*[A-Z])(?=.*[0-9]).{8,}$', 'Passw0rd', true],
  ['^(?=.*[A-Z])(?=.*[0-9]).{8,}$', 'password', false],
  ['(?<=€)[0-9]+$', 'it is €20', true],
  ['(?P<year>[0-9]{4})', 'in 2020', true],
  ['^[a-z]{0,64}$', 'a'.repeat(65), false],
  ['^a{,2}{$', 'a{,2}{', true],
  [String.raw`^\ud83d\ude00$`, '😀', true],
  ['^.$', '😀', true],
  ['[]', 'a', false],
])('%s on %s', (source, each, expected) => {
  expect(matches(source, each)).toBe(expected);
});

test.each(['(', ')', '[', 'a)', '\\', '*', 'a**', '(?:a', '[b-a]', 'a{2,1}'])('%s is broken', (source) => {
  expect(parsePattern(source)).toBe('broken');
});

test.each([String.raw`(a)\1`, '(?i)a', '(?>a)', 'a++', String.raw`\Aa\Z`, '[[:alpha:]]', '('.repeat(1000)])(
  '%s is of another dialect',
  (source) => {
    expect(parsePattern(source)).toBe('unsupported');
  },
);

test.each([
  ['^(a+)+$', `${'a'.repeat(5000)}!`],
  ['^(a|a)*$', `${'a'.repeat(5000)}!`],
  ['^(a?){50}a{50}$', 'a'.repeat(49)],
  ['(.*)*x', 'a'.repeat(5000)],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(5000)],
])('%s takes time in proportion', (source, each) => {
  expect(matches(source, each)).toBe(false);
});

test.each([
  ['(a{1000}){1000}', 'a'],
  ['a{1000000000}', 'a'],
  ['(){1000000000}', 'a'],
  ['(?=.*b)*(.*)*c', 'a'.repeat(100_000)],
  ['(?<=x.*)a', 'a'.repeat(100_000)],
])('%s is too dear', (source, each) => {
  expect(() => matches(source, each)).toThrow(TooDear);
});
