import { readCacheWish, type CacheMode, type CacheWish } from '../cache/read-cache-wish.ts';
import type { TurnRequest } from './turn-request.ts';

/** What a request wants of the response cache. */
export interface AskedCache {
  /** Undefined where the cache takes no part. */
  readonly wish: CacheWish | undefined;
  /** The fields of the request that have made it take part. */
  readonly switches: ReadonlySet<'seed' | 'temperature'>;
}

export interface CacheWishSources {
  readonly profile: string | undefined;
  readonly mode: CacheMode | undefined;
  readonly cacheControl: string | null;
}

/** Says whether the response cache takes part in a request, and what of the request made it. */
export function toCacheWish(
  { seed, sampling, tools }: Pick<TurnRequest, 'seed' | 'sampling' | 'tools'>,
  { profile, mode, cacheControl }: CacheWishSources,
): AskedCache {
  // What an agent does has effects, which no kept answer has.
  if (mode === undefined || profile !== undefined) return { wish: undefined, switches: new Set() };
  const isCold = sampling.temperature === 0;
  const wish = readCacheWish({ mode, cacheControl, hasSeed: seed !== undefined, isCold, hasTools: tools.length > 0 });
  if (!wish.read && !wish.write) return { wish: undefined, switches: new Set() };
  const switches = new Set<'seed' | 'temperature'>();
  // A seed is part of what is looked up, whatever else made the cache take part.
  if (seed !== undefined) switches.add('seed');
  if (isCold && mode === 'repeatable') switches.add('temperature');
  return { wish, switches };
}
