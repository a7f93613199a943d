import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCacheWish, type CacheWishOptions } from './read-cache-wish.ts';

const modes: CacheWishOptions['mode'][] = ['repeatable', 'all', 'header'];
const out = { read: false, write: false };
const fresh = { read: false, write: true };
const both = { read: true, write: true };
const aged = { ...both, maxAgeMs: 60_000 };

test.each([
  // The header, and the wish in the modes repeatable (of one that is, and one that is not), all and header.
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
])('%s', (cacheControl, repeatable, varying, all, header) => {
  const wish = (mode: CacheWishOptions['mode'], repeats: boolean) => readCacheWish({ mode, cacheControl, repeatable: repeats });
  expect(wish('repeatable', true)).toEqual(repeatable);
  expect(wish('repeatable', false)).toEqual(varying);
  for (const repeats of [true, false]) {
    expect(wish('all', repeats)).toEqual(all);
    expect(wish('header', repeats)).toEqual(header);
  }
});

test('no header breaks it, and none that names no-store is read or written', () => {
  const piece = fc.constantFrom('no-store', 'no-cache', 'max-age', '=', ',', '"', '\\', ' ', '9'.repeat(400), '0', 'é');
  fc.assert(
    fc.property(fc.array(piece), fc.constantFrom(...modes), fc.boolean(), (pieces, mode, repeatable) => {
      const wish = readCacheWish({ mode, cacheControl: pieces.join(''), repeatable });
      expect(wish.read && !wish.write).toBe(false);
      expect(wish.maxAgeMs ?? 1).toBeGreaterThan(0);
      expect(readCacheWish({ mode, cacheControl: `no-store, ${pieces.join('')}`, repeatable })).toEqual(out);
    }),
  );
});
