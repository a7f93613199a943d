import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';

/** What is done to a body's text before it is sent. */
export type Damage = (text: string) => Buffer;

const whole: Damage = (text) => Buffer.from(text);

const damages: readonly Damage[] = [
  (text) => Buffer.from(text.slice(0, Math.floor(text.length / 2))),
  (text) => Buffer.from(text.slice(0, -1)),
  (text) => gzipSync(text),
  (text) => Buffer.from(text, 'utf16le'),
  (text) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]),
  // Half a character, and half of a surrogate pair in bytes.
  (text) => Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xe2, 0x82]), Buffer.from(text.slice(-1))]),
  (text) => Buffer.from(text.replace('":"', '":"\ud800').replace('hi', 'h\u0000i')),
  (text) => Buffer.from(text.replace(/"(?=[^"]*$)/, '\u00ed\u00a0\u0080"'), 'latin1'),
  // Keys that stand twice; the last one counts, as everywhere.
  (text) => Buffer.from(text.replace('{', '{"model":7,"messages":"x","stream":"maybe","items":{},"metadata":[],')),
  (text) => Buffer.from(text.replace(/}$/, ',"__proto__":{"model":"x"},"model":["x"],"items":null,"metadata":{"a":1}}')),
  (text) => Buffer.from(text.replace(/:(\d+|true|false|null)/, ':NaN')),
  (text) => Buffer.from(text.replace(/:(\d+|true|false|null)/, `:${'9'.repeat(400)}`)),
  (text) => Buffer.from(text.replace(/:(\d+|true|false|null)/, ':1e999')),
  (text) => Buffer.from(text.replace(/}$/, ',}')),
  (text) => Buffer.from(`${text}${text}`),
  (text) => Buffer.from(` \n${text}\r\n\t`),
  () => Buffer.from('['.repeat(100_000)),
  () => Buffer.from(`${'{"model":'.repeat(30_000)}1${'}'.repeat(30_000)}`),
  () => Buffer.from('model=sonnet&messages=hi'),
  () => Buffer.from('--x\r\ncontent-disposition: form-data; name="model"\r\n\r\nsonnet\r\n--x--'),
  () => Buffer.from([0, 1, 2, 0xff, 0xfe]),
  () => Buffer.alloc(0),
  // Over the limit of the server that is fuzzed.
  (text) => Buffer.from(`{"padding":"${'x'.repeat(300_000)}",${text.slice(1)}`),
];

/** Nine in ten bodies arrive as they were meant. */
export const damage: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 9, arbitrary: fc.constant(whole) },
  { weight: 1, arbitrary: fc.constantFrom(...damages) },
);
