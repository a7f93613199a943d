import type { OpenBlock, OpenMessage } from '../turn-request.ts';

/**
 * Gives calls, and the results that answer them, ids that Claude takes: letters, digits, dashes and underscores, and none
 * twice in a conversation. Others' ids may be anything, and often begin anew with each message. Claude's own stay. Of two ids of which
 * one is the other with `_` and a number behind it, the CLI loses the result of one.
 */
export function withClaudeIds(messages: readonly OpenMessage[]): OpenMessage[] {
  const taken = new Set<string>();
  /** Ids that end in `_` and a number, without that end. */
  const stems = new Set<string>();
  /** The number behind an id's last namesake: to look for a free one from the first on would take hours for some thousand of them. */
  const namesakes = new Map<string, number>();
  let renamed = new Map<string, string>();

  function rename(id: string): string {
    const base = id.replaceAll(/[^\w-]/g, '_');
    let next = base;
    while (taken.has(next) || stems.has(next) || taken.has(stemOf(next))) {
      const number = (namesakes.get(base) ?? 1) + 1;
      namesakes.set(base, number);
      next = `${base}x${number}`;
    }
    taken.add(next);
    if (stemOf(next) !== next) stems.add(stemOf(next));
    renamed.set(id, next);
    return next;
  }

  function withIds(block: OpenBlock): OpenBlock {
    if (block.type === 'tool_use') return { ...block, id: rename(block.id) };
    return block.type === 'tool_result' ? { ...block, tool_use_id: renamed.get(block.tool_use_id) ?? block.tool_use_id } : block;
  }

  return messages.map((message): OpenMessage => {
    if (message.role === 'assistant') renamed = new Map();
    const isCalling = message.content.some(({ type }) => type === 'tool_use' || type === 'tool_result');
    return isCalling ? { ...message, content: message.content.map(withIds) } : message;
  });
}

function stemOf(id: string): string {
  return id.replace(/_\d+$/, '');
}
