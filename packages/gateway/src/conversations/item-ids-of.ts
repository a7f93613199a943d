import { newItemId, type ItemPrefix } from './new-item-id.ts';

/** Makes the ids of an answer's items. Those of a response tell which one they are of: its own id with another prefix, and a number. */
export function itemIdsOf(response: string | undefined): (prefix: ItemPrefix) => string {
  let count = 0;
  return (prefix) => (response === undefined ? newItemId(prefix) : `${prefix}_${response.slice('resp_'.length)}${(count++).toString(16)}`);
}

/** The response that such an id tells, of an item of its answer or of what it was asked; undefined for an id of another kind. */
export function responseOfItem(id: string): string | undefined {
  const digits = /^[a-z]+_([\da-f]{32})i?[\da-f]{1,8}$/.exec(id)?.[1];
  return digits === undefined ? undefined : `resp_${digits}`;
}
