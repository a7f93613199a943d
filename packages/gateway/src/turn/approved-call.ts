import type { ToolResultBlock, ToolUseBlock } from './content-block.ts';
import type { CallResult } from './turn-event.ts';
import type { Message } from './message.ts';

const approved = { type: 'other', block: { type: 'approved_call' } } as const;

/** What stands in a result of a call that the caller has allowed, and that the gateway is to make before Claude goes on. */
export const approvedContent: ToolResultBlock['content'] = [approved];

/** Whether a call is still to be made. Nothing that a caller writes is taken for it. */
function isApproved({ content: [first] }: ToolResultBlock): boolean {
  return first === approved;
}

/** A result as Claude is told it. */
export function toResultBlock({ id, text, isError }: CallResult): ToolResultBlock {
  return { type: 'tool_result', tool_use_id: id, content: [{ type: 'text', text }], ...(isError && { is_error: true }) };
}

/** Puts the results of allowed calls in their place. */
export function withApproved(messages: readonly Message[], results: readonly CallResult[]): readonly Message[] {
  if (results.length === 0) return messages;
  const made = new Map(results.map((result) => [result.id, toResultBlock(result)]));
  return messages.map((message) => ({
    ...message,
    content: message.content.map((block) =>
      block.type === 'tool_result' && isApproved(block) ? (made.get(block.tool_use_id) ?? block) : block,
    ),
  }));
}

/** The calls that are still to be made, with what Claude calls them with. */
export function approvedCalls(messages: readonly Message[]): ToolUseBlock[] {
  const waiting = new Set(
    messages.at(-1)?.content.flatMap((block) => (block.type === 'tool_result' && isApproved(block) ? [block.tool_use_id] : [])),
  );
  const calling = messages.findLast(({ role }) => role === 'assistant');
  return calling?.content.filter((block) => block.type === 'tool_use').filter(({ id }) => waiting.has(id)) ?? [];
}
