import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { imageSizeOf } from './image-size.ts';

const samples = {
  png: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  gif: 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7',
  jpeg: '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=',
  lossy: 'UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA',
  lossless: 'UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==',
  extended: 'UklGRkoAAABXRUJQVlA4WAoAAAAQAAAAAAAAAAAAQUxQSAwAAAARBxAR/Q9ERP8DAABWUDggGAAAABQBAJ0BKgEAAQAAAP4AAA3AAP7mtQAAAA==',
} as const;
const types = ['image/png', 'image/gif', 'image/jpeg', 'image/webp'];

const base64 = (...bytes: number[]): string => btoa(String.fromCharCode(...bytes));

test.each([
  ['image/png', samples.png],
  ['image/gif', samples.gif],
  ['image/jpeg', samples.jpeg],
  ['image/webp', samples.lossy],
  ['image/webp', samples.lossless],
  ['image/webp', samples.extended],
])('%s of one pixel', (mediaType, data) => {
  expect(imageSizeOf(data, mediaType)).toEqual({ width: 1, height: 1 });
});

test('sizes of more than one byte', () => {
  const size = { width: 0x0102, height: 0x0a0b };
  const frame = [0xff, 0xc2, 0, 11, 8, 0x0a, 0x0b, 0x01, 0x02, 1, 0, 0, 0];
  // Behind a comment whose length is of two bytes, and a mark that is filled up.
  const comment = [0xff, 0xfe, 0x01, 0x02, ...Array.from({ length: 0x0100 }, () => 0xff)];
  expect(imageSizeOf(base64(0xff, 0xd8, ...comment, 0xff, ...frame), 'image/jpeg')).toEqual(size);
  expect(imageSizeOf(base64(...Array.from({ length: 16 }, () => 0), 0, 0, 1, 2, 0, 0, 0x0a, 0x0b), 'image/png')).toEqual(size);
  expect(imageSizeOf(base64(0, 0, 0, 0, 0, 0, 2, 1, 0x0b, 0x0a), 'image/gif')).toEqual(size);
});

test('a header that is cut, wherever, tells nothing and fails nothing', () => {
  fc.assert(
    fc.property(fc.constantFrom(...types), fc.uint8Array({ maxLength: 80 }), (mediaType, bytes) => {
      const size = imageSizeOf(base64(...bytes), mediaType);
      if (size !== undefined) expect(Math.min(size.width, size.height)).toBeGreaterThan(0);
    }),
  );
  for (const [mediaType, data] of [
    ['image/png', samples.png.slice(0, 24)],
    ['image/jpeg', samples.jpeg.slice(0, 40)],
    ['image/webp', samples.lossy.slice(0, 20)],
  ] as const)
    expect(imageSizeOf(data, mediaType)).toBeUndefined();
});

test('a JPEG of nothing but marks is given up soon: also where the size would come after them', () => {
  const marked = (count: number): string => `/9j/${'////'.repeat(count)}wAARCAAQABAD`;
  expect(imageSizeOf(marked(100), 'image/jpeg')).toEqual({ width: 16, height: 16 });
  expect(imageSizeOf(marked(10_000), 'image/jpeg')).toBeUndefined();
});
