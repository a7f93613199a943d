import { randomDigits } from '../../../basics/random-id.ts';

/** A new id for a response or an item: its prefix and 32 random hexadecimal digits. */
export function newId(prefix: string): string {
  return `${prefix}_${randomDigits()}`;
}
