import * as fc from 'fast-check';
import { oddString } from './odd-values.ts';
import { placeholder } from './placeholder.ts';

/** What a header can hold at all. */
const oddHeader = fc.oneof(
  oddString.map((text) =>
    text
      .replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '')
      .slice(0, 3000)
      .trim(),
  ),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1e9',
    'true',
    'TRUE',
    'false',
    '*',
    '*/*',
    ',',
    ',,,',
    '=',
    '"',
    '"\\',
    'é',
    'a b',
    'null',
    'x'.repeat(8000),
  ),
);

const known: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'x-request-id': fc.constantFrom('my-id', 'x'.repeat(129), 'a b', 'req_1'),
  'x-client-request-id': fc.constantFrom('my-id', 'é'),
  'x-conversation-id': placeholder,
  'cache-control': fc.constantFrom(
    'no-cache',
    'no-store',
    'max-age=60',
    'max-age=0',
    'max-age=99999999999999999999',
    'max-age="1"',
    'max-age',
  ),
  'x-strict-parameters': fc.constantFrom('true', 'false', '1'),
  authorization: fc.constantFrom('Bearer bob', 'Bearer', 'Bearer  ', 'Basic Ym9iOg==', 'bearer bob', 'Bearer bob, Bearer bob'),
  'x-api-key': fc.constantFrom('bob', 'carol'),
  origin: fc.constantFrom('null', 'http://evil.example', 'http://localhost', 'file://'),
  host: fc.constantFrom(
    'evil.example',
    'localhost',
    '127.0.0.1:1',
    '[::1]',
    '[::1',
    'a:b:c',
    'a b',
    'host:99999',
    'é',
    '..',
    '%00',
    '@',
    'a/b',
    'a?b',
    'a#b',
    'a\\b',
  ),
  accept: fc.constantFrom('text/event-stream', 'text/html', 'application/json;q=0', ';;;'),
  'accept-encoding': fc.constantFrom('gzip', 'br;q=1', 'identity;q=0'),
  'content-encoding': fc.constantFrom('gzip', 'br', 'identity'),
  'sec-fetch-site': fc.constantFrom('cross-site', 'none', 'same-origin'),
  'access-control-request-method': fc.constantFrom('POST', 'DELETE'),
  'x-forwarded-for': fc.constantFrom('127.0.0.1', 'x'),
  'x-forwarded-host': fc.constantFrom('evil.example'),
  'idempotency-key': fc.constantFrom('a'),
  'if-none-match': fc.constantFrom('*', '"a"'),
  range: fc.constantFrom('bytes=0-1', 'bytes=9-'),
  'openai-organization': fc.constantFrom('org'),
};

const header = fc
  .tuple(fc.constantFrom(...Object.keys(known)), fc.boolean())
  .chain(([name, isOdd]) => (isOdd ? oddHeader : known[name]!).map((value): [string, string] => [name, value]));

const contentType = fc.oneof(
  { weight: 12, arbitrary: fc.constant('application/json') },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'application/json; charset=utf-8',
      'application/json; charset=utf-16',
      'application/json; charset=x',
      'APPLICATION/JSON',
      'application/vnd.api+json',
      'application/jsonx',
      'application/json, text/plain',
      'text/plain',
      'text/plain; application/json',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded',
      'application/octet-stream',
      '/',
      '',
    ),
  },
  { weight: 1, arbitrary: oddHeader },
);

/** Headers of a request; one with a body mostly says that it is JSON. Those of a kind are told once. */
export const oddHeaders: fc.Arbitrary<Readonly<Record<string, string>>> = fc
  .tuple(contentType, fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(header, { maxLength: 3 }) }))
  .chain(([type, others]) =>
    // What a request may not ask for is found out only by the strict.
    fc
      .nat(14)
      .map((number) => Object.fromEntries([['content-type', type], ...(number === 0 ? [['x-strict-parameters', 'true']] : []), ...others])),
  );
