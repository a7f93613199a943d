import { createHash } from 'node:crypto';

/** The API takes 256 characters, as JSON, of which the CLI needs 200 for what it says beside. */
const maxCharacters = 48;
const hashCharacters = 32;

/**
 * What Anthropic is told of who asks: the caller's own text, or, where that is too long or has an e-mail address in it, which the API
 * refuses, the beginning of its SHA-256.
 */
export function toEndUser(user: string): string {
  const isTaken = JSON.stringify(user).length - 2 <= maxCharacters && !/\S@\S/.test(user);
  return isTaken ? user : createHash('sha256').update(user).digest('hex').slice(0, hashCharacters);
}
