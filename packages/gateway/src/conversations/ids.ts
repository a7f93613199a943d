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

/** What an item is by its id's prefix: a message, a tool call, its result, or reasoning. */
export type ItemPrefix = 'msg' | 'fc' | 'fco' | 'rs';

/** The id of a new item: its prefix and 32 random hexadecimal digits. */
export function newItemId(prefix: ItemPrefix): string {
  return `${prefix}_${randomDigits()}`;
}

/** Makes the ids of an answer's items. Those of a response tell which one they are of: its own id with another prefix, and a number. */
export function itemIdsOf(response: string | undefined): (prefix: ItemPrefix) => string {
  let count = 0;
  return (prefix) => (response === undefined ? newItemId(prefix) : `${prefix}_${response.slice('resp_'.length)}${(count++).toString(16)}`);
}

/** The response that such an id tells, of an item of its answer or of what it was asked, whatever stands behind `_` in it; undefined for an id of another kind. */
export function responseOfItem(id: string): string | undefined {
  const digits = /^[a-z]+_([\da-f]{32})i?[\da-f]{1,8}(?:_.*)?$/.exec(id)?.[1];
  return digits === undefined ? undefined : `resp_${digits}`;
}
