/** What an item is by its id's prefix: a message, a tool call, its result, or reasoning. */
export type ItemPrefix = 'msg' | 'fc' | 'fco' | 'rs';

/** The id of a new item: its prefix and 32 random hexadecimal digits. */
export function newItemId(prefix: ItemPrefix): string {
  return `${prefix}_${crypto.randomUUID().replaceAll('-', '')}`;
}
