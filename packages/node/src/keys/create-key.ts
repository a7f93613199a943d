import { randomBytes, createHash } from 'node:crypto';

/** Makes a new key: `ccapi_` and 256 random bits, as 43 letters, digits, dashes and underscores. */
export function createKey(): string {
  return `ccapi_${randomBytes(32).toString('base64url')}`;
}

/**
 * What is kept of a key: `sha256:` and the 64 hexadecimal digits of its SHA-256. A slow hash, as passwords need, would add nothing: who has
 * the hash would have to try 2^256 keys.
 */
export function hashKey(key: string): string {
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}
