/**
 * Which requests take part, beside those that name an age: those with a `seed`, those with a `seed` or a `temperature` of 0,
 * every one, or none. Requests with tools do only where every one does.
 */
export type CacheMode = 'seed' | 'repeatable' | 'all' | 'header';

export interface CacheWishOptions {
  readonly mode: CacheMode;
  /** The request's `cache-control` header; null without one. */
  readonly cacheControl: string | null;
  readonly hasSeed: boolean;
  /** Whether its temperature is 0. */
  readonly isCold: boolean;
  readonly hasTools: boolean;
}

/** What a request wants of the cache. */
export interface CacheWish {
  /** Whether an answer that is stored, or that someone else waits for, will do. */
  readonly read: boolean;
  /** Whether the answer is to be stored. */
  readonly write: boolean;
  /** How old a stored answer may be. Absent: as old as the cache keeps it. */
  readonly maxAgeMs?: number;
}

/** A directive, and its argument as a token or a quoted string. */
const directive = /([^\s,="]+)(?:\s*=\s*("(?:[^"\\]|\\.)*"|[^\s,]*))?/g;

/**
 * Reads a request's wish from its `cache-control`: `max-age=N` takes answers up to N seconds old, `no-cache` and `max-age=0`
 * only a fresh one, which is stored, and `no-store` keeps out of the cache altogether. Anything else is passed over.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9111#name-request-directives
 */
export function readCacheWish({ cacheControl, ...options }: CacheWishOptions): CacheWish {
  let maxAge: number | undefined;
  let fresh = false;
  let store = true;
  for (const [, name = '', value = ''] of (cacheControl ?? '').matchAll(directive)) {
    const seconds = name.toLowerCase() === 'max-age' ? toSeconds(value) : undefined;
    // Of two ages the stricter holds.
    if (seconds !== undefined) maxAge = Math.min(seconds, maxAge ?? seconds);
    fresh ||= name.toLowerCase() === 'no-cache';
    store &&= name.toLowerCase() !== 'no-store';
  }
  const aged = maxAge !== undefined && maxAge > 0;
  const takesPart = aged || takesPartByMode(options);
  if (!takesPart || !store) return { read: false, write: false };
  if (fresh || maxAge === 0) return { read: false, write: true };
  return { read: true, write: true, ...(maxAge === undefined ? {} : { maxAgeMs: maxAge * 1000 }) };
}

function takesPartByMode({ mode, hasSeed, isCold, hasTools }: Omit<CacheWishOptions, 'cacheControl'>): boolean {
  if (mode === 'all') return true;
  if (mode === 'header' || hasTools) return false;
  return hasSeed || (isCold && mode === 'repeatable');
}

/** Undefined for what is no number of seconds. */
function toSeconds(value: string): number | undefined {
  const digits = /^"?(\d+)"?$/.exec(value)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
