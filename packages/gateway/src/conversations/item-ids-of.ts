import { newItemId, type ItemPrefix } from './new-item-id.ts';

/** Makes the ids of an answer's items. Those of a response tell which one they are of: its own id with another prefix, and a number. */
export function itemIdsOf(response: string | undefined): (prefix: ItemPrefix) => string {
  let count = 0;
  return (prefix) => (response === undefined ? newItemId(prefix) : `${prefix}_${response.slice('resp_'.length)}${(count++).toString(16)}`);
}
