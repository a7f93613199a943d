import { randomDigits } from '../basics/random-id.ts';

/**
 * The id of a new conversation: `conv_` and a UUID of version 7 without its dashes, whose 12 bits after the version are
 * fractions of the millisecond, so that ids sort by the time of creation.
 *
 * @param now Unix time in milliseconds, with fractions.
 * @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
 */
export function newConversationId(now: number = performance.timeOrigin + performance.now()): string {
  const milliseconds = Math.floor(now);
  const fraction = Math.floor((now - milliseconds) * 4096);
  const random = randomDigits();
  return `conv_${toHex(milliseconds, 12)}7${toHex(fraction, 3)}${random.slice(16)}`;
}

function toHex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
