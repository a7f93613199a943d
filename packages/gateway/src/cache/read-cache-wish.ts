export interface CacheWishOptions {
  /** Which requests take part: those that ask for repeatable output or name an age, every one, or only those that name an age. */
  readonly mode: 'repeatable' | 'all' | 'header';
  /** The request's `cache-control` header; null without one. */
  readonly cacheControl: string | null;
  /** Whether the request asks for output that can be repeated: a `seed`, or a `temperature` of 0. */
  readonly repeatable: boolean;
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
export function readCacheWish({ mode, cacheControl, repeatable }: CacheWishOptions): CacheWish {
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
  const takesPart = aged || mode === 'all' || (mode === 'repeatable' && repeatable);
  if (!takesPart || !store) return { read: false, write: false };
  if (fresh || maxAge === 0) return { read: false, write: true };
  return { read: true, write: true, ...(maxAge === undefined ? {} : { maxAgeMs: maxAge * 1000 }) };
}

/** Undefined for what is no number of seconds. */
function toSeconds(value: string): number | undefined {
  const digits = /^"?(\d+)"?$/.exec(value)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
