import * as fc from 'fast-check';

/** One code unit by itself may be half a character. */
const codeUnits = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)), maxLength: 12 });

const knownOddities = fc.constantFrom(
  '',
  ' ',
  '\n',
  '\0',
  '\ud800',
  'a\udfffb',
  '\u202egnirts',
  '\ufeff',
  'İ',
  '👩‍👩‍👧‍👦',
  'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'NaN',
  '-1',
  '1e400',
  '../../../../etc/passwd',
  '/etc/passwd',
  '%00',
  '%',
  '%E0%A4%A',
  '${jndi:ldap://a}',
  "'; drop table conversations; --",
  '<script>alert(1)</script>',
  'data:image/png;base64,',
  'data:image/png;base64,iVBORw0KGgo',
  'data:image/png;base64,????',
  'data:text/plain,hello',
  'data:,',
  // Base64 of what is no text, no picture, and half a picture.
  '/w==',
  'data:text/plain;base64,gIA=',
  'data:image/jpeg;base64,/9j/4AA=',
  'data:application/pdf;base64,JVBERi0xLjQK',
  'file:///etc/passwd',
  'http://127.0.0.1:1/',
  'https://[::1',
  'javascript:alert(1)',
);

const hugeStrings = fc.constantFrom(...[65, 129, 513, 5000, 100_000].map((length) => 'x'.repeat(length)));

/** Strings as nobody should send them. */
export const oddString: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: knownOddities },
  { weight: 3, arbitrary: codeUnits },
  { weight: 1, arbitrary: hugeStrings },
);

const oddNumber = fc.constantFrom(
  0,
  -0,
  -1,
  1,
  2,
  1.5,
  1e-320,
  -1e308,
  1e308,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  2 ** 53 + 2,
  -(2 ** 63),
  0.1 + 0.2,
);

/** What a prototype would be polluted with: `JSON.parse` makes an own key of it. */
const oddObject = fc.constantFrom(
  ...[
    '{}',
    '{"__proto__":{"admin":true}}',
    '{"constructor":{"prototype":{"admin":true}}}',
    '{"toString":1,"valueOf":null,"toJSON":"x"}',
    '{"then":"x"}',
    '{"length":-1,"0":"a"}',
    '{"type":"text"}',
    '{"type":{}}',
    '{"$ref":"#"}',
    '{"":""}',
  ].map((text): unknown => JSON.parse(text)),
);

/**
 * Stands for a value that is nested so many times, in lists or in objects: neither this test nor what shrinks its cases could write
 * that. Where it is too deep for what recurses, a request must be refused.
 */
const nested = fc.constantFrom(10, 300, 3000, 20_000).chain((depth) => fc.constantFrom(`@@list${depth}@@`, `@@object${depth}@@`));

/** JSON values as nobody should send them, anywhere. */
export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: oddString },
  { weight: 4, arbitrary: oddNumber },
  { weight: 4, arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], [{}]) },
  { weight: 3, arbitrary: oddObject },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: nested },
);
