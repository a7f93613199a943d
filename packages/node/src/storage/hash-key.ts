import { createHash } from 'node:crypto';

/** Makes a part of a key from any text: 32 hexadecimal digits of its SHA-256. Drivers take some texts for others, and these never. */
export function hashKey(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
