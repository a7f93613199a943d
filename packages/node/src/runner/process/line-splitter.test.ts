import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineSplitter } from './line-splitter.ts';

const line = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replaceAll('\n', ' '));

/** Cuts bytes at the given places, which may coincide: empty chunks come too. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].toSorted((one, other) => one - other);
  return ends.map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
}

test('gives the same lines however the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(5000)), (lines, places) => {
      const splitter = createLineSplitter(10_000);
      const bytes = Buffer.from(lines.map((each) => `${each}\n`).join(''));
      expect(cut(bytes, places).flatMap((chunk) => splitter.push(chunk))).toEqual(lines);
    }),
  );
});

test('keeps a character whole that arrives byte by byte', () => {
  const splitter = createLineSplitter(100);
  const lines = [...Buffer.from('é 👩‍👩‍👧 \u2028 漢\n')].flatMap((byte) => splitter.push(Buffer.from([byte])));
  expect(lines).toEqual(['é 👩‍👩‍👧 \u2028 漢']);
});

test('gives a line only once it is complete', () => {
  const splitter = createLineSplitter(100);
  expect(splitter.push(Buffer.from('one'))).toEqual([]);
  expect(splitter.push(Buffer.from('\n\ntwo'))).toEqual(['one', '']);
});

test('takes a line of exactly the bound, counted in bytes', () => {
  expect(createLineSplitter(4).push(Buffer.from('éé\n'))).toEqual(['éé']);
  expect(() => createLineSplitter(3).push(Buffer.from('éé\n'))).toThrow(RangeError);
});

test('refuses a longer line as soon as it is too long, whether or not its end has come', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 100 }), fc.array(fc.nat(200)), (bound, excess, places) => {
      const splitter = createLineSplitter(bound);
      expect(() => cut(Buffer.from('x'.repeat(bound + excess)), places).forEach((chunk) => splitter.push(chunk))).toThrow(RangeError);
    }),
  );
});

test('keeps nothing of a line that it has refused', () => {
  const splitter = createLineSplitter(4);
  expect(() => splitter.push(Buffer.from('too long'))).toThrow('longer than 4 bytes');
  expect(splitter.push(Buffer.from('ok\n'))).toEqual(['ok']);
});
