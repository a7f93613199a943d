import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseArguments } from './parse-arguments.ts';

test.each<[string, object]>([
  ['', {}],
  [' ', {}],
  ['{"a":1}', { a: 1 }],
  [
    '{"a":9007199254740991,"b":-1.5e3,"c":"12345678901234567890","d":1234567890.1234567890123}',
    { a: 9_007_199_254_740_991, b: -1500, c: '12345678901234567890', d: Number('1234567890.1234567890123') },
  ],
  ['[1]', { INVALID_JSON: '[1]' }],
  ['{"a":12345678901234567890', { INVALID_JSON: '{"a":12345678901234567890' }],
  [`${'"'.repeat(100_001)}12345678901234567890`, { INVALID_JSON: `${'"'.repeat(100_001)}12345678901234567890` }],
])('%j', (text, input) => {
  expect(parseArguments(text)).toEqual({ input });
});

test.each<[string, object]>([
  ['{"id":12345678901234567890}', { id: '12345678901234567890' }],
  [
    '{"a":[-9007199254740993, {"b\\"1": 9007199254740992}], "c": 1e400}',
    { a: ['-9007199254740993', { 'b"1': '9007199254740992' }], c: '1e400' },
  ],
])('%s keeps its digits', (text, input) => {
  expect(parseArguments(text)).toEqual({ input, json: text });
});

test('what JavaScript can hold is what JSON says', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const json = JSON.stringify(value);
      const { input, json: written } = parseArguments(json);
      if (written === undefined) expect(input).toEqual(JSON.parse(json));
    }),
  );
});
