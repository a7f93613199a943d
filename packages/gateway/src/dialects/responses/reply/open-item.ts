import type { BlockEvent } from '../../../turn/turn-event.ts';
import type { CompactionItem, MessagePhase, OutputItem } from './output-item.ts';
import type { OutputEvent } from './stream-event.ts';
import type { JsonObject } from '../../../turn/tool.ts';

/** An item of the output that is being told. */
export interface OpenItem {
  /** As it is at its beginning. */
  readonly added: OutputItem;
  /** What the next event of a block of it gives rise to. */
  add(event: BlockEvent): OutputEvent[];
  /** The whole item, and what is left to tell of it before that. */
  end(status: 'completed' | 'incomplete', phase?: MessagePhase): { readonly events: OutputEvent[]; readonly item: OutputItem };
}

/** Where an item stands in the output. */
export interface ItemPlace {
  readonly item_id: string;
  readonly output_index: number;
}

/** An item that has begun, with its place in the output. */
export interface Begun<Item extends OpenItem> {
  readonly item: Item;
  readonly place: ItemPlace;
}

/** A sealed summary is whole at its beginning. */
export function openCompaction({ item_id: id }: ItemPlace, { encrypted_content: sealed }: JsonObject): OpenItem {
  const item: CompactionItem = { id, type: 'compaction', encrypted_content: String(sealed) };
  return { added: item, add: () => [], end: () => ({ events: [], item }) };
}
