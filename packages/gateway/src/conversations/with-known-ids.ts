import { bareId } from '../turn/message-identity.ts';
import type { Message } from '../turn/message.ts';

/** Messages that go on with earlier ones, with the ids of their results as the calls have them: some clients strip underscores. */
export function withKnownIds(messages: readonly Message[], earlier: readonly Message[]): Message[] {
  const calls = earlier.at(-1)?.content.flatMap((block) => (block.type === 'tool_use' ? [[bareId(block.id), block.id] as const] : []));
  const ids = new Map(calls);
  if (ids.size === 0) return [...messages];
  return messages.map((message) => ({
    ...message,
    content: message.content.map((block) =>
      block.type === 'tool_result' ? { ...block, tool_use_id: ids.get(bareId(block.tool_use_id)) ?? block.tool_use_id } : block,
    ),
  }));
}
