import { expect, test } from 'vitest';
import { expandVariables } from './expand-variables.ts';

const environment = { TOKEN: 'abc', EMPTY: '', LITERAL: '${TOKEN} $& $1', _x1: 'y' };

function expand(text: string): string {
  return expandVariables(text, environment, (name) => {
    throw new Error(`no ${name}`);
  });
}

test.each([
  ['Bearer ${TOKEN}', 'Bearer abc'],
  ['${TOKEN}${TOKEN}-${_x1}', 'abcabc-y'],
  ['${MISSING:-default}', 'default'],
  ['${MISSING:-}', ''],
  ['${TOKEN:-default}', 'abc'],
  ['${EMPTY:-default}', ''],
  ['${MISSING:-http://a:1/b}', 'http://a:1/b'],
  ['$TOKEN {TOKEN} ${1X} ${} ${A-B} $${', '$TOKEN {TOKEN} ${1X} ${} ${A-B} $${'],
])('%s becomes %s', (text, expanded) => {
  expect(expand(text)).toBe(expanded);
});

test('what a variable holds is taken as it is', () => {
  expect(expand('${LITERAL}')).toBe('${TOKEN} $& $1');
});

test('a variable that is not set is told by its name', () => {
  expect(() => expand('a ${MISSING} b')).toThrow('no MISSING');
  expect(() => expand('${toString}')).toThrow('no toString');
});
