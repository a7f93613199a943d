import { readCacheWish, type CacheMode, type CacheWish } from '../cache/read-cache-wish.ts';
import type { CacheSwitch, TurnRequest } from './turn-request.ts';

/** What a request wants of the response cache. */
export interface AskedCache {
  /** Undefined where the cache takes no part. */
  readonly wish: CacheWish | undefined;
  /** What of the request has made it take part. */
  readonly switches: ReadonlySet<CacheSwitch>;
}

/** Says whether the response cache takes part in a request, and what of the request made it. */
export function toCacheWish(
  { model, repeatable, hasTools }: Pick<TurnRequest, 'model' | 'repeatable' | 'hasTools'>,
  { mode, cacheControl }: { readonly mode: CacheMode | undefined; readonly cacheControl: string | null },
): AskedCache {
  // What an agent does has effects, which no kept answer has.
  if (mode === undefined || model.profile !== undefined) return { wish: undefined, switches: new Set() };
  const { seed, isCold } = repeatable;
  const wish = readCacheWish({ mode, cacheControl, hasSeed: seed !== undefined, isCold, hasTools });
  if (!wish.read && !wish.write) return { wish: undefined, switches: new Set() };
  const switches = new Set<CacheSwitch>();
  // A seed is part of what is looked up, whatever else made the cache take part.
  if (seed !== undefined) switches.add('seed');
  if (isCold && mode === 'repeatable') switches.add('temperature');
  return { wish, switches };
}
