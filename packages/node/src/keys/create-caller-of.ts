import { timingSafeEqual } from 'node:crypto';
import type { Caller } from '@claude-code-api/gateway';
import type { KeySettings } from '../config/key-schema.ts';
import { hashKey } from './create-key.ts';
import { missingKey, wrongKey } from './key-errors.ts';
import { toCaller } from './to-caller.ts';

interface KnownKey {
  readonly hash: Buffer;
  readonly caller: Caller;
}

/**
 * Makes what tells who sends a request, by the key in `authorization: Bearer` or in `x-api-key`; one that is good is enough. Throws a
 * `GatewayError` 401 for a request without a key, or with a wrong one.
 *
 * @param keys As in `server.api_keys`, by name.
 * @returns Undefined where there are no keys: then nobody is asked for one.
 */
export function createCallerOf(keys: Readonly<Record<string, KeySettings>>): ((request: Request) => Caller) | undefined {
  const known = Object.entries(keys).map(([name, key]): KnownKey => ({ hash: Buffer.from(key.hash), caller: toCaller(name, key) }));
  if (known.length === 0) return undefined;
  return (request) => {
    const sent = readSentKeys(request.headers);
    const [first] = sent;
    if (first === undefined) throw missingKey();
    for (const key of sent) {
      const caller = findCaller(known, key);
      if (caller !== undefined) return caller;
    }
    throw wrongKey(first);
  };
}

/** Looks at every key, so that the time it takes tells nothing: neither which one it was, nor how much of a wrong one was right. */
function findCaller(known: readonly KnownKey[], key: string): Caller | undefined {
  const hash = Buffer.from(hashKey(key));
  let found: Caller | undefined;
  for (const { hash: other, caller } of known) {
    if (other.length === hash.length && timingSafeEqual(other, hash)) found = caller;
  }
  return found;
}

/** The keys that a request brings: that of `authorization: Bearer`, then that of `x-api-key`. */
function readSentKeys(headers: Headers): string[] {
  const bearer = /^bearer[ \t]+(.+)$/i.exec(headers.get('authorization')?.trim() ?? '')?.[1];
  return [bearer, headers.get('x-api-key')].flatMap((key) => key?.trim() || []);
}
