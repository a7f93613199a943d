import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCacheWish, type CacheMode, type CacheWishOptions } from './read-cache-wish.ts';

const modes: CacheMode[] = ['seed', 'repeatable', 'all', 'header'];
const plain = { hasSeed: false, isCold: false, hasTools: false };
const out = { read: false, write: false };
const fresh = { read: false, write: true };
const both = { read: true, write: true };
const aged = { ...both, maxAgeMs: 60_000 };

test.each([
  // The header, and the wish in the modes seed (with a seed, and without), all and header.
  [null, both, out, both, out],
  ['', both, out, both, out],
  ['max-age=60', aged, aged, aged, aged],
  ['Max-Age=60', aged, aged, aged, aged],
  ['max-age="60"', aged, aged, aged, aged],
  [' max-stale , max-age = 60 ,, no-transform', aged, aged, aged, aged],
  ['max-age=60, max-age=3600', aged, aged, aged, aged],
  ['max-age=60, max-age=0', fresh, out, fresh, out],
  ['max-age=0', fresh, out, fresh, out],
  ['no-cache', fresh, out, fresh, out],
  ['NO-CACHE, max-age=60', fresh, fresh, fresh, fresh],
  ['no-cache="a, b"', fresh, out, fresh, out],
  ['no-store', out, out, out, out],
  ['max-age=60,No-Store', out, out, out, out],
  ['no-cache, no-store', out, out, out, out],
  ['extension="x, no-store, max-age=60"', both, out, both, out],
  ['max-age=-1', both, out, both, out],
  ['max-age=soon', both, out, both, out],
  ['max-age=1.5', both, out, both, out],
  ['max-age', both, out, both, out],
  ['x-no-store, no-stores, s-maxage=60', both, out, both, out],
])('%s', (cacheControl, seeded, varying, all, header) => {
  const wish = (mode: CacheMode, more: Partial<CacheWishOptions> = {}) => readCacheWish({ ...plain, mode, cacheControl, ...more });
  expect(wish('seed', { hasSeed: true })).toEqual(seeded);
  for (const more of [{}, { isCold: true }, { hasTools: true }, { hasSeed: true, hasTools: true }]) {
    expect(wish('seed', more)).toEqual(varying);
    expect(wish('all', more)).toEqual(all);
    expect(wish('header', more)).toEqual(header);
  }
  expect(wish('repeatable', { isCold: true })).toEqual(seeded);
  expect(wish('repeatable', { hasSeed: true })).toEqual(seeded);
  expect(wish('repeatable')).toEqual(varying);
  expect(wish('repeatable', { isCold: true, hasSeed: true, hasTools: true })).toEqual(varying);
});

test('no header breaks it, and none that names no-store is read or written', () => {
  const piece = fc.constantFrom('no-store', 'no-cache', 'max-age', '=', ',', '"', '\\', ' ', '9'.repeat(400), '0', 'é');
  fc.assert(
    fc.property(fc.array(piece), fc.constantFrom(...modes), fc.boolean(), (pieces, mode, hasSeed) => {
      const wish = readCacheWish({ ...plain, mode, cacheControl: pieces.join(''), hasSeed });
      expect(wish.read && !wish.write).toBe(false);
      expect(wish.maxAgeMs ?? 1).toBeGreaterThan(0);
      expect(readCacheWish({ ...plain, mode, cacheControl: `no-store, ${pieces.join('')}`, hasSeed })).toEqual(out);
    }),
  );
});
