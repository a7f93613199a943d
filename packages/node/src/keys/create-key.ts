import { randomBytes } from 'node:crypto';

/** Makes a new key: `ccapi_` and 256 random bits, as 43 letters, digits, dashes and underscores. */
export function createKey(): string {
  return `ccapi_${randomBytes(32).toString('base64url')}`;
}
