import type { JsonObject } from '../../../turn/tool.ts';
import type { ItemPlace, OpenItem } from './open-item.ts';
import type { CompactionItem } from './output-item.ts';

/** A sealed summary is whole at its beginning. */
export function openCompaction({ item_id: id }: ItemPlace, { encrypted_content: sealed }: JsonObject): OpenItem {
  const item: CompactionItem = { id, type: 'compaction', encrypted_content: String(sealed) };
  return { added: item, add: () => [], end: () => ({ events: [], item }) };
}
