import type { ChatMessage } from './request-schema.ts';

/**
 * Gives calls, and the results that answer them, ids that Claude takes: letters, digits, dashes and underscores, and none
 * twice in a conversation. Others' ids may be anything, and often begin anew with each message. Claude's own stay. Of two ids of which
 * one is the other with `_` and a number behind it, the CLI loses the result of one.
 */
export function withClaudeIds(chat: readonly ChatMessage[]): ChatMessage[] {
  const taken = new Set<string>();
  /** Of those that end in `_` and a number, what is before that. */
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

  return chat.map((message): ChatMessage => {
    if (message.role === 'tool') return { ...message, tool_call_id: renamed.get(message.tool_call_id) ?? message.tool_call_id };
    if (message.role !== 'assistant') return message;
    renamed = new Map();
    return { ...message, tool_calls: message.tool_calls?.map((call) => ({ ...call, id: rename(call.id) })) };
  });
}

function stemOf(id: string): string {
  return id.replace(/_\d+$/, '');
}
