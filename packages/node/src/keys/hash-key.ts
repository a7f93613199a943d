import { createHash } from 'node:crypto';

/**
 * What is kept of a key: `sha256:` and the 64 hexadecimal digits of its SHA-256. A slow hash, as passwords need, would add nothing: who has
 * the hash would have to try 2^256 keys.
 */
export function hashKey(key: string): string {
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}
