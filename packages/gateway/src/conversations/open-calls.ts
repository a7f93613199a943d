import type { ConversationItem } from '../ports/conversation-store.ts';

/** The calls of a conversation that have no result yet: their names by their ids. */
export function openCalls(items: readonly ConversationItem[]): Map<string, string> {
  const open = new Map<string, string>();
  for (const block of items.flatMap((item) => item.content)) {
    if (block.type === 'tool_use') open.set(block.id, block.name);
    if (block.type === 'tool_result') open.delete(block.tool_use_id);
  }
  return open;
}
